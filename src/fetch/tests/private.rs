//! Private addresses, where a person refuses them: nothing reaches the server, whatever leads there.

use super::*;
use crate::source::FailureKind;

fn refusing() -> Settings {
    Settings {
        refuse_private: true,
        ..settings()
    }
}

async fn assert_refused(url: &str) {
    let failure = ask_with(refusing(), url, &Validators::default())
        .await
        .expect_err(url);
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (
            FailureKind::Private,
            "not asked: it leads to a private address of this machine or network"
        ),
        "{url}"
    );
    assert!(failure.hint.unwrap().contains("private_addresses"));
}

#[tokio::test]
async fn an_address_of_this_machine_is_not_asked_however_it_is_written() {
    let (server, url) = serve([Reply::ok(FEED)]);
    assert_refused(&url).await;
    for host in [
        "localhost",
        "127.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        assert_refused(&url.replace("127.0.0.1", host)).await;
    }
    assert!(server.all_requests().is_empty());
    assert_eq!(text(ask(&url).await.unwrap()), FEED);
}

/// The machine's own name is in its hosts file, and belongs to no open address where tests run.
#[tokio::test]
async fn a_name_of_a_private_address_is_refused_when_it_is_connected_to() {
    let Ok(name) = std::fs::read_to_string("/etc/hostname") else {
        return;
    };
    let (server, url) = serve([Reply::ok(FEED)]);
    let url = url.replace("127.0.0.1", name.trim());
    let found = tokio::net::lookup_host((name.trim(), 0)).await;
    if !found.is_ok_and(|mut found| found.all(|at| super::super::private::is_private(at.ip()))) {
        eprintln!("skipped: this machine's name is not that of a private address");
        return;
    }
    assert_refused(&url).await;
    assert!(server.all_requests().is_empty());
}
