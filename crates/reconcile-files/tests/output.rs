//! Files appear whole or not at all.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use reconcile_files::{FileError, OutputDir, OutputFile};
use tempfile::TempDir;

#[test]
fn a_file_appears_whole_on_commit() {
    let (_held, directory) = directory();
    let target = directory.join("out.csv");
    let mut file = OutputFile::create(&target).unwrap();
    file.write_all(b"new").unwrap();
    file.flush().unwrap();
    assert!(!target.exists());
    file.commit().unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    assert_eq!(names(&directory), ["out.csv"]);
}

#[test]
fn a_file_that_is_dropped_leaves_what_was_there() {
    let (_held, directory) = directory();
    let target = directory.join("out.csv");
    fs::write(&target, "old").unwrap();
    let mut file = OutputFile::create(&target).unwrap();
    file.write_all(b"half").unwrap();
    drop(file);
    assert_eq!(fs::read_to_string(&target).unwrap(), "old");
    assert_eq!(names(&directory), ["out.csv"]);
}

#[test]
#[cfg(unix)]
fn a_file_has_the_rights_of_any_new_file_and_a_link_stays_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let (_held, directory) = directory();
    fs::write(directory.join("plain"), "").unwrap();
    symlink("real", directory.join("link")).unwrap();
    fs::write(directory.join("real"), "old").unwrap();
    let mut file = OutputFile::create(&directory.join("link")).unwrap();
    file.write_all(b"new").unwrap();
    file.commit().unwrap();
    let mode = |name| {
        fs::metadata(directory.join(name))
            .unwrap()
            .permissions()
            .mode()
    };
    assert_eq!(mode("real"), mode("plain"));
    assert_eq!(fs::read_to_string(directory.join("real")).unwrap(), "new");
    assert!(directory.join("link").is_symlink());
}

#[test]
#[cfg(unix)]
fn a_device_is_written_directly() {
    let mut file = OutputFile::create(Path::new("/dev/null")).unwrap();
    file.write_all(b"gone").unwrap();
    file.commit().unwrap();
}

#[test]
fn a_target_that_cannot_be_written_is_refused_at_once() {
    let (_held, directory) = directory();
    let readonly = directory.join("locked.csv");
    fs::write(&readonly, "").unwrap();
    let mut permissions = fs::metadata(&readonly).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&readonly, permissions).unwrap();
    let refuse = |target: &Path| {
        let error = OutputFile::create(target).unwrap_err();
        said(&error, &directory)
    };
    insta::assert_snapshot!(refuse(&directory), @r"
    DIR: cannot be written: it is a directory
    hint: name a file in it
    ");
    insta::assert_snapshot!(refuse(&directory.join("none/out.csv")), @r"
    DIR/none/out.csv: cannot be written: its directory does not exist
    hint: create the directory first, or choose another
    ");
    insta::assert_snapshot!(refuse(&readonly), @r"
    DIR/locked.csv: cannot be written: it is there and read-only
    hint: choose another name, or make it writable
    ");
}

#[test]
fn the_files_of_a_run_appear_together() {
    let (_held, directory) = directory();
    let target = directory.join("a/b");
    let mut output = OutputDir::create(&target).unwrap();
    for name in ["one.csv", "two.csv"] {
        let mut file = output.file(name).unwrap();
        file.write_all(name.as_bytes()).unwrap();
        output.add(file).unwrap();
    }
    assert!(!target.join("one.csv").exists());
    output.commit().unwrap();
    assert_eq!(names(&target), ["one.csv", "two.csv"]);
    assert_eq!(
        fs::read_to_string(target.join("two.csv")).unwrap(),
        "two.csv"
    );
}

#[test]
fn what_only_an_earlier_run_wrote_goes_when_the_new_files_appear() {
    let (_held, directory) = directory();
    for name in ["old.csv", "kept.csv", "one.csv"] {
        fs::write(directory.join(name), "old").unwrap();
    }
    fs::create_dir(directory.join("folder.csv")).unwrap();
    let mut output = OutputDir::create(&directory).unwrap();
    let mut file = output.file("one.csv").unwrap();
    file.write_all(b"new").unwrap();
    output.add(file).unwrap();
    assert!(output.discard("old.csv"));
    assert!(!output.discard("none.csv"));
    assert!(!output.discard("folder.csv"));
    assert!(directory.join("old.csv").exists());
    output.commit().unwrap();
    assert_eq!(names(&directory), ["folder.csv", "kept.csv", "one.csv"]);
    assert_eq!(
        fs::read_to_string(directory.join("one.csv")).unwrap(),
        "new"
    );
}

#[test]
fn a_run_that_fails_discards_nothing() {
    let (_held, directory) = directory();
    fs::write(directory.join("old.csv"), "old").unwrap();
    let mut output = OutputDir::create(&directory).unwrap();
    assert!(output.discard("old.csv"));
    drop(output);
    assert_eq!(names(&directory), ["old.csv"]);
}

#[test]
fn a_run_that_fails_leaves_no_trace_in_whatever_order_it_ends() {
    let (_held, directory) = directory();
    let mut output = OutputDir::create(&directory.join("a/b")).unwrap();
    let first = output.file("one.csv").unwrap();
    let second = output.file("two.csv").unwrap();
    output.add(first).unwrap();
    drop(output);
    drop(second);
    assert_eq!(names(&directory), [""; 0]);
}

#[test]
fn a_directory_that_was_there_stays() {
    let (_held, directory) = directory();
    let target = directory.join("there");
    fs::create_dir(&target).unwrap();
    drop(OutputDir::create(&target).unwrap());
    assert!(target.is_dir());
}

#[test]
fn a_directory_cannot_stand_where_a_file_is() {
    let (_held, directory) = directory();
    fs::write(directory.join("file"), "").unwrap();
    let error = OutputDir::create(&directory.join("file")).unwrap_err();
    insta::assert_snapshot!(said(&error, &directory), @r"
    DIR/file: cannot be written: it is a file
    hint: name a directory
    ");
}

fn directory() -> (TempDir, PathBuf) {
    let held = tempfile::tempdir().unwrap();
    let path = held.path().to_owned();
    (held, path)
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn said(error: &FileError, directory: &Path) -> String {
    let text = format!("{error}\nhint: {}", error.hint().unwrap());
    text.replace(directory.to_str().unwrap(), "DIR")
}
