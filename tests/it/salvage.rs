//! A damaged store, by the whole program: it says what to do, and a command does it.

use std::fs;

use super::support::{Site, concerns};
use super::whole_path::refused;

#[tokio::test]
async fn the_program_says_what_to_do_about_a_damaged_store_and_a_command_does_it() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut phone = site.phone(2_301, "en").await;
    phone.start(None).await;
    let backed_up = phone.submit().await;
    let backup = site.folder.path().join("one.backup");
    let backup = backup.to_str().unwrap();
    assert_eq!(site.say(&["backup", backup]).await.code, Some(0));
    let since = phone.submit().await;
    bot.stop().await;

    fs::write(site.data.join("store/snap.FFFFFFFFFFFFFFFF"), [9; 100]).unwrap();
    for command in ["run", "digest"] {
        let said = site.say(&[command]).await;
        refused(&said, "restore --salvage");
        assert!(said.err.contains("damaged"), "{}", said.err);
    }
    let asked = site.say(&["restore", "--salvage", backup]).await;
    assert_eq!(asked.code, Some(1), "{asked:?}");
    assert!(asked.err.contains("--yes"), "{}", asked.err);
    for line in [
        "only in the damaged store: 0 people, 1 concerns",
        "No other concern is known to be missing.",
        "There is no list of erasures",
    ] {
        assert!(asked.out.contains(line), "{line}: {}", asked.out);
    }
    assert!(!site.data.join("scratch").exists(), "it only asked");
    assert!(site.data.join("store/snap.FFFFFFFFFFFFFFFF").exists());
    let done = site.say(&["restore", "--salvage", backup, "--yes"]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    let bot = site.run().await;
    let stored = concerns(&site.digest().await);
    assert!(stored.contains_key(&backed_up) && stored.contains_key(&since));
    phone.screen_of_command("/menu").await;
    phone.submit().await;
    bot.stop().await;
    assert_eq!(concerns(&site.digest().await).len(), 3);

    // And without a backup.
    fs::write(site.data.join("store/snap.FFFFFFFFFFFFFFFF"), [9; 100]).unwrap();
    let done = site.say(&["restore", "--salvage", "--yes"]).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(concerns(&site.digest().await).len(), 3);
    let said = site.say(&["restore"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
}
