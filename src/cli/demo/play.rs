//! The play: a dozen organisations say what they want raised, and the organisers read it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use tokio::task::JoinSet;

use super::bot::Bot;
use super::phone::Phone;
use super::talk::{Talk, indent};
use super::voices::VOICES;
use crate::domain::Language;
use crate::emulator::client::{Client, Message};
use crate::text::Forum;

pub(super) async fn run(client: &Client, bot: &Bot, forum: &Arc<Forum>) -> anyhow::Result<()> {
    println!("Samleng demo: a Bot API emulator and the bot, both on this machine only.\n");
    let mut people = JoinSet::new();
    for (voice, user) in VOICES.iter().zip(1_001..) {
        let (client, forum) = (client.clone(), Arc::clone(forum));
        let aloud = user == 1_001;
        people.spawn(async move {
            let mut talk = Talk::new(&client, user, voice, &forum, aloud).await?;
            talk.whole()
                .await
                .with_context(|| format!("talking as {}", voice.organisation))
        });
    }
    let mut receipts = BTreeSet::new();
    while let Some(receipt) = people.join_next().await {
        receipts.insert(receipt??);
        let mut out = std::io::stdout();
        writeln!(
            out,
            "  … {} of {} organisations have their receipt",
            receipts.len(),
            VOICES.len()
        )?;
        out.flush()?;
    }
    let digest = organiser(client, bot, forum).await?;
    println!("\nWhat the organiser gets with /digest:\n");
    for message in &digest {
        println!("{}\n", indent(&message.text));
    }
    let read: String = digest.iter().map(|message| message.text.as_str()).collect();
    let missing = receipts
        .iter()
        .filter(|receipt| !read.contains(&receipt.to_string()))
        .count();
    ensure!(missing == 0, "{missing} concerns are not in the digest");
    ensure!(bot.data().join("store").exists(), "nothing was stored");
    println!("All {} receipts are in the digest.\n", receipts.len());
    println!("Next:");
    println!("  samleng demo --fast-forward   a whole meeting's life in a minute or two");
    println!("  samleng demo --chat           talk to the bot yourself, in this terminal");
    println!("  samleng run --help            run it with a token from BotFather");
    println!("  samleng check --help          change the form, the topics, the words");
    Ok(())
}

/// The owner opens the link, goes through the queue and asks for the digest.
async fn organiser(client: &Client, bot: &Bot, forum: &Forum) -> anyhow::Result<Vec<Message>> {
    let english = forum
        .words
        .phrases(Language::parse("en").context("en is a language")?);
    let mut phone = Phone::new(client, 1_000, "Organiser", "en").await?;
    let payload = bot
        .owner_link()
        .split_once("start=")
        .map(|(_, payload)| payload);
    phone.open(payload).await?;
    phone.press(&english.language_name()).await?;
    // Through the queue, a tap a concern.
    let waiting = english.number(VOICES.len() as u64);
    phone.press(&english.button_concerns(&waiting)).await?;
    let newest = format!("{} · {waiting}", english.lens_new());
    phone.press(&newest).await?;
    for _ in VOICES {
        phone.press(&english.button_approve()).await?;
    }
    println!(
        "\nThe organiser has gone through the queue: {} concerns, a tap each.",
        VOICES.len()
    );
    phone.press(&english.button_back()).await?;
    phone.press(&english.button_digest()).await?;
    // The last message of the digest is the one with the buttons for other forms of it.
    let shared = english.button_shared();
    let is_last = |message: &Message| {
        message
            .buttons
            .iter()
            .flatten()
            .any(|button| button.text == shared)
    };
    let news = phone.wait_for(|news| news.iter().any(is_last)).await?;
    Ok(news
        .into_iter()
        .filter(|message| message.edits == 0)
        .collect())
}
