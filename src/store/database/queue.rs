//! A queue of operations of one kind, consumed in batches by two threads. The first takes a batch whenever any operation waits.
//! The second takes one only while the first is busy and enough operations wait to justify another transaction. So few callers
//! share one batch, and with many callers one batch is prepared while the database works on another. If the first thread is
//! busy for long, the second takes whatever waits, so that a hanging connection delays only its own batch.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The minimum for a second batch.
const MANY: usize = 16;

/// Longer than an undisturbed batch, and the interval of the check.
const LONG: Duration = Duration::from_secs(1);

/// The two threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Worker {
    /// Takes whenever any operation waits.
    Any,
    /// Takes when many operations wait, or the first thread is busy for long.
    Many,
}

pub(super) struct Queue<J> {
    waiting: Mutex<Waiting<J>>,
    any: Condvar,
    many: Condvar,
}

struct Waiting<J> {
    jobs: VecDeque<J>,
    /// The time when [`Worker::Any`] began its current batch.
    busy: Option<Instant>,
    is_closed: bool,
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        let waiting = Waiting { jobs: VecDeque::new(), busy: None, is_closed: false };
        Self { waiting: Mutex::new(waiting), any: Condvar::new(), many: Condvar::new() }
    }
}

impl<J> Queue<J> {
    fn lock(&self) -> MutexGuard<'_, Waiting<J>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends an operation; false once the queue is closed.
    pub(super) fn push(&self, job: J) -> bool {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return false;
        }
        waiting.jobs.push_back(job);
        let is_many = waiting.jobs.len() >= MANY;
        drop(waiting);
        self.any.notify_one();
        if is_many {
            self.many.notify_one();
        }
        true
    }

    /// Waits for work for this thread; false once the queue is closed.
    pub(super) fn wait(&self, worker: Worker) -> bool {
        let mut waiting = self.lock();
        match worker {
            Worker::Any => {
                waiting.busy = None;
                let nothing = |waiting: &mut Waiting<J>| !waiting.is_closed && waiting.jobs.is_empty();
                waiting = self.any.wait_while(waiting, nothing).unwrap_or_else(PoisonError::into_inner);
            }
            Worker::Many => {
                while !waiting.is_closed && !waiting.is_for_both() {
                    (waiting, _) = self.many.wait_timeout(waiting, LONG).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
        !waiting.is_closed
    }

    /// Takes up to `most` operations in order. It may return none, if the other thread was faster.
    pub(super) fn take(&self, worker: Worker, most: usize) -> Vec<J> {
        let mut waiting = self.lock();
        if worker == Worker::Any {
            waiting.busy = Some(Instant::now());
        }
        let count = waiting.jobs.len().min(most);
        waiting.jobs.drain(..count).collect()
    }

    /// Closes the queue and drops the waiting operations.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        waiting.jobs.clear();
        drop(waiting);
        self.any.notify_all();
        self.many.notify_all();
    }
}

impl<J> Waiting<J> {
    /// Whether the second thread may take a batch.
    fn is_for_both(&self) -> bool {
        let is_long = self.busy.is_some_and(|since| since.elapsed() >= LONG);
        self.jobs.len() >= if is_long { 1 } else { MANY }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn what_waits_is_taken_in_its_order_and_never_twice() {
        let queue = Queue::default();
        assert!((0..5).all(|job| queue.push(job)));
        assert!(queue.wait(Worker::Any));
        assert_eq!(
            (queue.take(Worker::Any, 3), queue.take(Worker::Any, 3), queue.take(Worker::Any, 3)),
            (vec![0, 1, 2], vec![3, 4], Vec::new())
        );
    }

    #[test]
    fn the_second_one_comes_for_many_only_and_both_go_when_it_is_closed() {
        let queue = Arc::new(Queue::default());
        let (say, heard) = channel();
        let thread = {
            let queue = Arc::clone(&queue);
            std::thread::spawn(move || {
                while queue.wait(Worker::Many) {
                    say.send(queue.take(Worker::Many, usize::MAX).len()).unwrap();
                }
            })
        };
        for job in 0..MANY - 1 {
            queue.push(job);
        }
        assert_eq!(queue.take(Worker::Many, 1).len(), 1, "nobody has taken them");
        queue.push(0);
        queue.push(0);
        assert_eq!(heard.recv().unwrap(), MANY);
        queue.push(0);
        queue.close();
        thread.join().unwrap();
        assert!(heard.recv().is_err(), "what was left is dropped");
        assert!(!queue.wait(Worker::Any) && !queue.push(0));
    }

    #[test]
    fn the_second_one_takes_what_waits_while_the_first_is_at_one_batch_for_long() {
        let queue = Queue::default();
        assert!(queue.push(1) && queue.wait(Worker::Any));
        assert_eq!(queue.take(Worker::Any, 1), [1]);
        assert!(queue.push(2) && queue.wait(Worker::Many), "or this waits for ever");
        assert_eq!(queue.take(Worker::Many, 1), [2]);
        queue.push(3);
        assert!(queue.lock().is_for_both());
        assert!(queue.wait(Worker::Any) && !queue.lock().is_for_both(), "it is back");
    }
}
