//! From the first word to the digest, and every way in which the program begins and ends.

use super::support::{Site, concerns};

#[tokio::test]
async fn two_people_reach_their_receipts_in_two_languages() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut english = site.phone(101, "en").await;
    english.start(None).await;
    let one = english.submit().await;
    let mut khmer = site.phone(102, "km").await;
    khmer.start(None).await;
    let two = khmer.submit().await;

    let mut running = site.digest().await;
    let stored = concerns(&running);
    assert_eq!(stored.len(), 2);
    assert!(stored.contains_key(&one) && stored.contains_key(&two));
    bot.stop().await;
    let mut stopped = site.digest().await;
    for digest in [&mut running, &mut stopped] {
        assert!(digest["made_at"].is_string());
        digest["made_at"].take();
    }
    assert_eq!(running, stopped);
}
