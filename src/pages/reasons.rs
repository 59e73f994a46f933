//! What the operations say in English for programs, as the pages say it to people: the sentences' keys. A reason that no page
//! leads to has one sentence for all.

/// Reasons of `WorkflowError::Forbidden` that a page can meet.
const FORBIDDEN: [(&str, &str); 10] = [
    ("who offers this may no longer share it on", "trouble-why-offer-over"),
    ("who offers this does not hold as much themselves any more", "trouble-why-offer-less"),
    ("who asked may no longer ask for this, so it can no longer be approved", "trouble-why-asker-over"),
    ("it is given to a group that you are in; only who gave it, or whose data it is, can take it back", "trouble-why-group"),
    ("user_target does not take requests from you", "trouble-why-blocked"),
    ("only who asked can have the letter sent again", "trouble-why-asker-only"),
    ("only who asked can withdraw a request", "trouble-why-asker-only"),
    ("only who asked can ask again", "trouble-why-asker-only"),
    ("only who decides can have the link sent to them", "trouble-why-decider-only"),
    ("only who decides can block who asked", "trouble-why-decider-only"),
];

/// What of `WorkflowError::TooMany` a page can meet.
const TOO_MANY: [(&str, &str); 8] = [
    ("the letter was sent as often as it is sent for one request", "trouble-many-letters"),
    ("the letter is sent again at most every ten minutes", "trouble-many-soon"),
    ("user_target declined this before", "trouble-many-declined"),
    ("user_target has had as many letters as one person is sent", "trouble-many-theirs"),
    ("user_target has had as many letters as one person or app sends them", "trouble-many-from-you"),
    ("as many letters as are sent to one mail domain have gone to user_target's", "trouble-many-domain"),
    ("you have caused as many letters as are sent for one person or app", "trouble-many-yours"),
    ("there were too many tries to sign in", "trouble-many-tries"),
];

/// Problems of `WorkflowError::Invalid` that a form of ours can meet.
const INVALID: [(&str, &str); 3] = [
    ("the end that was asked for has passed; this can only be declined", "review-problem-end-passed"),
    ("it must be in the future", "trouble-end-over"),
    ("no control characters but line breaks and tabs", "review-problem-reason-odd"),
];

fn find(list: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    list.iter().find(|(english, _)| *english == text).map(|(_, key)| *key)
}

/// Why somebody may not.
pub(super) fn forbidden(text: &str) -> &'static str {
    find(&FORBIDDEN, text).unwrap_or("trouble-why-not-yours")
}

/// What there was too much of.
pub(super) fn too_many(text: &str) -> &'static str {
    find(&TOO_MANY, text).unwrap_or("trouble-many-any")
}

/// What is wrong with a field.
pub(super) fn invalid(text: &str) -> &'static str {
    find(&INVALID, text).unwrap_or("trouble-invalid-why")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn sources(folder: &Path) -> String {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.map(|path| if path.is_dir() { sources(&path) } else { fs::read_to_string(&path).unwrap() }).collect()
    }

    #[test]
    fn every_reason_is_still_one_that_the_stories_give() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let stories = sources(&src.join("workflow")) + &fs::read_to_string(src.join("pages/error.rs")).unwrap();
        for (english, _) in FORBIDDEN.iter().chain(&TOO_MANY).chain(&INVALID) {
            assert!(stories.contains(&format!("\"{english}\"")), "{english:?} is said nowhere");
        }
    }
}
