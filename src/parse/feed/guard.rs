//! A wall round feed-rs, which panics on some documents.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs `work`; a panic in it is answered by its message, and printed nowhere. Panics anywhere else are
/// reported as they always were.
pub(super) fn silently<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |information| {
            if !INSIDE.try_with(Cell::get).unwrap_or(false) {
                usual(information);
            }
        }));
    });
    INSIDE.set(true);
    // What `work` left half done is dropped with it.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(false);
    result.map_err(|payload| message(payload.as_ref()))
}

fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| {
            payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
        })
        .unwrap_or_else(|| "no reason given".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(silently(|| 1), Ok(1));
        let caught = silently(|| -> u8 { panic!("at byte {}", 7) });
        assert_eq!(caught, Err("at byte 7".to_owned()));
    }
}
