//! What the bot says, as people without HTTP hear it.

use super::*;

#[tokio::test]
async fn people_hear_what_is_new_and_what_is_changed() {
    let world = World::free().await;
    let local = world.running.local(TOKEN).unwrap();
    let now = Duration::ZERO;
    let begun = local.event(SOK);
    assert_eq!(local.said(SOK, 0, now).await, [], "what they wrote");
    assert_eq!(local.said(CHAN, 0, now).await, [], "no such chat");

    // It waits for the first.
    let (said, first) = tokio::join!(
        local.said(SOK, begun, LONG),
        world.ok("sendMessage", html("<b>one</b>"))
    );
    let texts = |said: &[samleng::emulator::local::Said]| -> Vec<(i64, String)> {
        let heard = said.iter().map(|said| (said.message_id, said.text.clone()));
        heard.collect()
    };
    let first = first["message_id"].as_i64().unwrap();
    assert_eq!(texts(&said), [(first, "one".to_owned())]);
    let after = said[0].event;
    assert_eq!(local.said(SOK, after, now).await, [], "nothing since");

    let second = world.ok("sendMessage", text("two")).await["message_id"]
        .as_i64()
        .unwrap();
    let edit = json!({"chat_id": SOK, "message_id": first, "text": "one again"});
    world.ok("editMessageText", edit).await;
    let third = world.ok("sendMessage", text("three")).await["message_id"]
        .as_i64()
        .unwrap();
    let gone = json!({"chat_id": SOK, "message_id": third});
    world.ok("deleteMessage", gone).await;
    assert_eq!(
        texts(&local.said(SOK, after, now).await),
        [(first, "one again".to_owned()), (second, "two".to_owned())]
    );
}
