//! Hand-written SQL, where diesel's query builder costs too much or lacks the clause.

pub(in crate::store) mod any;
pub(in crate::store) mod each_row;
pub(in crate::store) mod insert;
pub(in crate::store) mod literal;
pub(in crate::store) mod lock;
pub(in crate::store) mod prepared_update;
pub(in crate::store) mod raw;
pub(in crate::store) mod rows;
