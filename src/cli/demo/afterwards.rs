//! What the meeting was for, in `demo --fast-forward`: it is settled what is raised, an organiser logs on the floor what comes of it, the
//! promise that was made is asked about on its day, and the next meeting's digest opens with the score.

use std::ffi::OsStr;

use anyhow::{Context as _, ensure};

use super::organiser::Organiser;
use super::phone::Phone;
use super::scene::{Scene, quote};
use super::talk::Talk;
use super::voices::VOICES;
use crate::emulator::client::Message;

/// Who speaks at the next meeting: nobody of the first is known any more.
const NEWCOMER: i64 = 2_001;
/// What was promised, by whom: neither names anybody who raised it.
const PROMISED: &str = "The pump is mended before the dry season.";
const BY: &str = "The water office of the province";
/// The day of the story by which that was to be.
const DUE: i32 = 60;
/// What the first meeting is called, in English.
const FIRST: &str = "Second meeting";
/// Lines of a screen that are told.
const TOLD: usize = 10;

/// The day of the meeting: what is raised is settled, and what comes of it is logged. Of the one to which something was promised, where
/// it stands among these.
pub(super) async fn floor(
    scene: &mut Scene<'_>,
    organiser: &mut Organiser<'_>,
    raised: [&Talk<'_>; 4],
) -> anyhow::Result<usize> {
    scene.forward(34, 8).await?;
    for talk in raised {
        let name = OsStr::new(talk.voice.organisation);
        let approve = [
            OsStr::new("set"),
            OsStr::new("organisation"),
            name,
            OsStr::new("approved"),
        ];
        scene.bot.ask(&approve).await?;
    }
    let phrases = organiser.phrases;
    let phone = &mut organiser.phone;
    phone.catch_up().await?;
    phone.say("/menu").await?;
    let waiting = phrases.number(raised.len() as u64);
    phone.press(&phrases.button_concerns(&waiting)).await?;
    let newest = format!("{} · {waiting}", phrases.lens_new());
    phone.press(&newest).await?;
    for _ in raised {
        phone.press(&phrases.button_approve()).await?;
    }
    let screen = phone.say("/agenda").await?;
    let agenda = with_button(phone, screen, &phrases.button_settle()).await?;
    scene
        .tell("The morning of the meeting. The organisers have gone through the queue, and /agenda shares out the time:")
        .await?;
    told(&agenda);
    phone.press(&phrases.button_settle()).await?;
    phone.press(&phrases.button_settle_really()).await?;

    phone.say("/outcome").await?;
    let item = phone.press(&phrases.button_item_after()).await?;
    let item = item.last().context("the first item")?.text.clone();
    let mut titles = raised.iter();
    let first = titles.position(|talk| item.contains(talk.voice.title));
    let first = first.context("nobody raised the first item")?;
    scene
        .tell("On the floor an organiser's phone shows what is spoken of, and logs what comes of it with a tap:")
        .await?;
    told(&item);
    phone.press(&phrases.button_promised()).await?;
    phone.say(PROMISED).await?;
    phone.say(BY).await?;
    let due = scene.date(DUE)?.strftime("%d/%m/%Y").to_string();
    phone.say(&due).await?;
    for outcome in [
        phrases.button_answered(),
        phrases.button_deflected(),
        phrases.button_not_reached(),
    ] {
        phone.press(&phrases.button_item_after()).await?;
        phone.press(&outcome).await?;
    }
    scene
        .tell(&format!(
            "One promise until {due}, one answer, one evasion; for the last there was no time. Their authors hear of it."
        ))
        .await?;
    Ok(first)
}

/// The day by which it was to be done: whoever raised it is asked.
pub(super) async fn due(scene: &mut Scene<'_>, raised: &mut Talk<'_>) -> anyhow::Result<()> {
    scene.forward(DUE, 16).await?;
    let not_kept = raised.phrases.button_not_kept_here();
    let screen = with_button(&mut raised.phone, Vec::new(), &not_kept).await?;
    ensure!(screen.contains(PROMISED), "another question: {screen}");
    scene
        .tell("The day by which it was to be done. Whoever raised it is asked:")
        .await?;
    told(&screen);
    raised.press(&not_kept).await?;
    let name = raised.voice.organisation;
    scene
        .tell(&format!("{name} says with one tap that it was not kept."))
        .await
}

/// The next meeting, to which the digest brings the score.
pub(super) async fn next(
    scene: &mut Scene<'_>,
    organiser: &mut Organiser<'_>,
) -> anyhow::Result<()> {
    let phrases = organiser.phrases;
    scene.forward(126, 10).await?;
    organiser.edit().await?;
    let title = "កិច្ចប្រជុំលើកទីបី\nThird meeting";
    organiser.set(&phrases.meeting_field_title(), title).await?;
    let day = format!("{} 8:30", scene.date(160)?.strftime("%d/%m/%Y"));
    organiser.set(&phrases.meeting_field_days(), &day).await?;
    organiser.save().await?;
    let (client, forum) = (scene.client, scene.forum);
    let mut newcomer = Talk::new(client, NEWCOMER, &VOICES[5], forum, false).await?;
    let receipt = newcomer.whole().await?.to_string();
    scene
        .tell(&format!(
            "The next meeting is announced, and {} submits for it: receipt {receipt}.",
            newcomer.voice.organisation
        ))
        .await?;
    let english = ["digest", "--language", "en"].map(OsStr::new);
    let digest = scene.bot.ask(&english).await?;
    let opening = digest.split(&receipt).next().unwrap_or_default();
    for words in [FIRST, PROMISED, &phrases.standing_broken()] {
        ensure!(
            opening.contains(words),
            "the digest does not open with {words:?}: {digest}"
        );
    }
    ensure!(opening.len() < digest.len(), "{receipt} is not in it");
    scene
        .tell("Its digest opens with what became of what was promised at the last one:")
        .await?;
    told(opening);
    Ok(())
}

/// Waits until a screen has this button, unless one of these has; its words.
async fn with_button(
    phone: &mut Phone,
    screen: Vec<Message>,
    label: &str,
) -> anyhow::Result<String> {
    let has = |message: &&Message| {
        let mut buttons = message.buttons.iter().flatten();
        buttons.any(|button| button.text == label)
    };
    let there = screen.iter().find(has).map(|message| message.text.clone());
    if let Some(words) = there {
        return Ok(words);
    }
    let news = phone.wait_for(|news| news.iter().any(|message| has(&message)));
    let news = news.await.with_context(|| format!("waiting for {label}"))?;
    Ok(news.iter().find(has).context("it came")?.text.clone())
}

fn told(screen: &str) {
    let lines: Vec<&str> = screen.lines().filter(|line| !line.is_empty()).collect();
    quote(&lines[..lines.len().min(TOLD)].join("\n"));
}
