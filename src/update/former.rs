//! The URL that a feed was moved from, asked because the newer one gives nothing any more: the redirect
//! that led there may have been a slip, or the publisher came back.

use url::Url;

use super::Update;
use crate::model::{Attempt, Outcome, Subscription};
use crate::source::{Answer, Body, Failure, Source, without_credentials, without_password};

impl Update {
    /// An attempt of what the older URL of a feed answered.
    pub(super) fn read_former(
        &self,
        feed: &Subscription,
        former: Url,
        answer: Result<Answer, Failure>,
    ) -> (Attempt, Vec<Failure>) {
        let newer = feed.source.location().map(|url| without_credentials(&url));
        let failure = match answer {
            Ok(mut answer) => {
                if end_of(&answer) == newer.as_ref() {
                    // It still leads to the newer one, which gives the feed again.
                    answer.moved_to = None;
                    return self.read(feed, Ok(answer));
                }
                let there = Subscription {
                    source: Source::Http(former.clone()),
                    redirect: None,
                    ..feed.clone()
                };
                match self.outcome(&there, answer) {
                    Ok((mut attempt, warnings)) => {
                        if let Outcome::Read { whereabouts, .. }
                        | Outcome::Unchanged { whereabouts, .. } = &mut attempt.outcome
                        {
                            whereabouts.moved_to = None;
                            whereabouts.back_at = Some(former);
                        }
                        return (attempt, warnings);
                    }
                    Err(failure) => failure,
                }
            }
            Err(failure) => failure,
        };
        (self.failed_at_former(feed, &former, &failure), Vec::new())
    }

    /// The trouble is still the newer URL's: the older one cannot have it.
    fn failed_at_former(&self, feed: &Subscription, former: &Url, failure: &Failure) -> Attempt {
        let mut trouble = feed.error.clone().unwrap_or_else(|| failure.clone());
        trouble.retry_at = failure.retry_at;
        trouble.led_to = Some(Box::new(without_credentials(former)));
        trouble.hint = Some(format!(
            "the address it was moved from, {}, gives no feed either; `hallway feeds --moved` tells of moves",
            without_password(former)
        ));
        let mut attempt = self.failed(feed, trouble);
        attempt.http_status = failure.http_status;
        if let Outcome::Failed(setback) = &mut attempt.outcome {
            setback.of_former = true;
        }
        attempt
    }
}

/// Where the document came from in the end.
fn end_of(answer: &Answer) -> Option<&Url> {
    match &answer.body {
        Body::Documents { documents, .. } => documents.first()?.location.as_ref(),
        Body::Unchanged => None,
    }
}
