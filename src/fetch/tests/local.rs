//! Files and folders.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::fetch::local_source;
use crate::source::FailureKind;

fn folder(notes: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in notes {
        write(folder.path(), name, text);
    }
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

async fn read(source: &Source, validators: &Validators) -> Result<Answer, Failure> {
    let fetcher = Fetcher::new(settings());
    fetcher.fetch(source, validators, now()).await.answer
}

async fn read_path(path: &Path) -> Result<Answer, Failure> {
    read(&local_source(path).unwrap(), &Validators::default()).await
}

fn names(answer: Answer) -> Vec<String> {
    let names = documents(answer)
        .into_iter()
        .map(|document| document.file_name.unwrap());
    names.collect()
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_path_is_a_file_or_a_folder_by_its_canonical_name() {
    let folder = folder(&[("a.md", "# a")]);
    let root = folder.path().canonicalize().unwrap();
    assert_eq!(local_source(&root.join("./x/..")).ok(), None);
    assert_eq!(
        local_source(&root.join(".")),
        Ok(Source::Folder(root.clone()))
    );
    assert_eq!(
        local_source(&root.join("./a.md")),
        Ok(Source::File(root.join("a.md")))
    );
    let failure = local_source(&root.join("b.md")).unwrap_err();
    assert_eq!(failure.kind, FailureKind::File);
    assert_eq!(failure.message, "there is no such file or folder");
    assert_eq!(
        local_source(Path::new("/dev/zero")).unwrap_err().message,
        "is neither a file nor a folder"
    );
}

#[tokio::test]
async fn a_file_is_read_with_its_name_place_and_time() {
    let folder = folder(&[("a b.md", "# a")]);
    let answer = read_path(&folder.path().join("a b.md")).await.unwrap();
    assert_eq!((answer.http_status, answer.fresh_until), (None, None));
    let document = documents(answer).remove(0);
    assert_eq!(document.bytes, b"# a");
    assert_eq!(document.file_name.as_deref(), Some("a b.md"));
    assert!(document.location.unwrap().as_str().ends_with("/a%20b.md"));
    assert!(document.modified.is_some());
}

#[tokio::test]
async fn a_file_is_read_again_when_it_has_changed() {
    let folder = folder(&[("a.md", "# a")]);
    let source = local_source(&folder.path().join("a.md")).unwrap();
    let first = read(&source, &Validators::default()).await.unwrap();
    let same = read(&source, &first.validators).await.unwrap();
    assert!(matches!(same.body, Body::Unchanged));
    assert_eq!(same.validators, first.validators);
    write(folder.path(), "a.md", "# a, edited");
    assert_eq!(
        text(read(&source, &first.validators).await.unwrap()),
        "# a, edited"
    );
}

#[tokio::test]
async fn an_edit_that_keeps_the_size_is_seen_by_its_time() {
    let folder = folder(&[("a.md", "# a")]);
    let source = local_source(&folder.path().join("a.md")).unwrap();
    let first = read(&source, &Validators::default()).await.unwrap();
    write(folder.path(), "a.md", "# b");
    let file = fs::File::options()
        .write(true)
        .open(folder.path().join("a.md"))
        .unwrap();
    file.set_modified(now().into()).unwrap();
    assert_eq!(text(read(&source, &first.validators).await.unwrap()), "# b");
}

#[tokio::test]
async fn a_file_that_is_gone_is_a_failure_and_not_an_empty_feed() {
    let folder = folder(&[("a.md", "# a")]);
    let source = local_source(&folder.path().join("a.md")).unwrap();
    fs::remove_file(folder.path().join("a.md")).unwrap();
    assert_eq!(
        read(&source, &Validators::default())
            .await
            .unwrap_err()
            .kind,
        FailureKind::File
    );
    let root = local_source(folder.path()).unwrap();
    drop(folder);
    assert_eq!(
        read(&root, &Validators::default()).await.unwrap_err().kind,
        FailureKind::File
    );
}

#[tokio::test]
async fn what_is_no_regular_file_is_refused_without_waiting_for_it() {
    let folder = folder(&[]);
    let path = folder.path().join("note.md");
    fifo(&path);
    assert!(local_source(&path).is_err());
    for path in [path.as_path(), Path::new("/dev/zero")] {
        let (source, none) = (Source::File(path.to_owned()), Validators::default());
        let read = read(&source, &none);
        let answer = tokio::time::timeout(Duration::from_secs(5), read)
            .await
            .unwrap();
        assert_eq!(answer.unwrap_err().kind, FailureKind::File);
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_too_large_whatever_size_it_claims() {
    let folder = folder(&[("a.md", &"x".repeat(64 * 1024 + 1))]);
    let failure = read_path(&folder.path().join("a.md")).await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::TooLarge, "is larger than 64 KiB")
    );
    // Its size is said to be 0, and it has more than ten bytes.
    let settings = Settings {
        max_size: 10,
        ..settings()
    };
    let source = Source::File("/proc/self/status".into());
    let fetched = Fetcher::new(settings);
    let answer = fetched
        .fetch(&source, &Validators::default(), now())
        .await
        .answer;
    assert_eq!(answer.unwrap_err().kind, FailureKind::TooLarge);
}

#[tokio::test]
async fn a_folder_is_every_note_below_it_in_order() {
    let folder = folder(&[
        ("b.md", "b"),
        ("a/z.markdown", "z"),
        ("a/deep/er/n.MD", "n"),
        ("a.md", "a"),
        ("board.jpg", "no note"),
        (".hidden.md", "no"),
        (".git/x.md", "no"),
        ("_drafts/x.md", "no"),
        ("a/node_modules/x.md", "no"),
    ]);
    let answer = read_path(folder.path()).await.unwrap();
    assert_eq!(
        names(answer),
        ["a.md", "a/deep/er/n.MD", "a/z.markdown", "b.md"]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn links_to_files_are_followed_and_links_to_folders_are_not() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[("a/n.md", "n")]);
    symlink("n.md", folder.path().join("a/linked.md")).unwrap();
    symlink(".", folder.path().join("a/circle")).unwrap();
    symlink("a", folder.path().join("folder.md")).unwrap();
    let answer = read_path(folder.path()).await.unwrap();
    assert!(
        !answer.validators.is_empty(),
        "a link to a folder counts as unreadable"
    );
    assert_eq!(names(answer), ["a/linked.md", "a/n.md"]);
}

#[tokio::test]
async fn a_folder_is_unchanged_until_a_note_comes_goes_or_changes() {
    let folder = folder(&[("a.md", "a"), ("b.md", "b")]);
    let source = local_source(folder.path()).unwrap();
    let mut known = read(&source, &Validators::default())
        .await
        .unwrap()
        .validators;
    let changes: [fn(&Path); 4] = [
        |root| write(root, "c.md", "c"),
        |root| write(root, "a.md", "a, edited"),
        |root| fs::rename(root.join("b.md"), root.join("d.md")).unwrap(),
        |root| fs::remove_file(root.join("d.md")).unwrap(),
    ];
    for change in changes {
        let same = read(&source, &known).await.unwrap();
        assert!(matches!(same.body, Body::Unchanged));
        assert_eq!(same.validators, known);
        change(&folder.path().canonicalize().unwrap());
        let next = read(&source, &known).await.unwrap();
        assert!(matches!(next.body, Body::Documents { .. }));
        known = next.validators;
    }
}

#[tokio::test]
async fn notes_that_cannot_be_read_are_named_and_the_others_kept() {
    let folder = folder(&[("a.md", "a"), ("sub/huge.md", &"x".repeat(64 * 1024 + 1))]);
    fifo(&folder.path().join("pipe.md"));
    fs::write(folder.path().join("z.md"), "z").unwrap();
    let answer = read_path(folder.path()).await.unwrap();
    assert_eq!(
        answer.validators,
        Validators::default(),
        "they may become readable"
    );
    let Body::Documents {
        documents,
        unreadable,
    } = answer.body
    else {
        panic!("nothing was read")
    };
    let read: Vec<_> = documents
        .iter()
        .map(|document| document.file_name.as_deref())
        .collect();
    assert_eq!(read, [Some("a.md"), Some("z.md")]);
    let said: Vec<_> = unreadable
        .iter()
        .map(|failure| failure.message.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "pipe.md: is neither a file nor a folder",
            "sub/huge.md: is larger than 64 KiB"
        ]
    );
}

#[tokio::test]
async fn standard_input_is_never_polled() {
    assert_eq!(
        read(&Source::Stdin, &Validators::default())
            .await
            .unwrap_err()
            .kind,
        FailureKind::File
    );
}
