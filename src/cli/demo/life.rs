//! `demo --fast-forward`: a whole meeting's life, from its announcement to the erasure and the next one's digest, in about a minute.
//!
//! Seven invented organisations and an organiser live through eighteen weeks. Each of the seven does something else; what the
//! bot sends them follows from that, by its own clock, and is checked when all is over ([`promises`]). Nothing here waits for
//! time to pass.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::ops::RangeInclusive;

use anyhow::{Context as _, ensure};

use super::afterwards;
use super::bot::Bot;
use super::organiser::Organiser;
use super::promises;
use super::scene::{Scene, quote};
use super::talk::Talk;
use super::voices::{VOICES, Voice};
use crate::domain::Receipt;
use crate::emulator::client::{Client, Message};
use crate::text::Forum;

/// The people who speak for an organisation.
pub(super) const MEMBERS: RangeInclusive<i64> = 1_001..=1_007;
/// Whoever wants no reminders.
pub(super) const MUTED: i64 = 1_006;
/// Whoever blocks the bot.
pub(super) const BLOCKER: i64 = 1_007;

/// Questions that a draft has answered: topic, place, title.
const BEGUN: usize = 3;

/// The organisations.
struct Cast<'a> {
    desk: Talk<'a>,
    lotus: Talk<'a>,
    hills: Talk<'a>,
    sky: Talk<'a>,
    lantern: Talk<'a>,
    market: Talk<'a>,
    press: Talk<'a>,
}

pub(super) async fn run(client: &Client, bot: &Bot, forum: &Forum) -> anyhow::Result<()> {
    println!(
        "A whole meeting's life. A Bot API emulator and the bot, both on this machine only; the emulator moves"
    );
    println!("the bot's clock. All times are those of the meeting. ┃ is what a phone shows.\n");
    let mut scene = Scene::new(client, bot, forum).await?;
    let mut organiser = Organiser::new(client, forum, bot.owner_link()).await?;
    let mut said = BTreeSet::new();
    announce(&mut scene, &mut organiser).await?;
    let mut cast = join(&mut scene, &organiser, &mut said).await?;
    remind(&mut scene, &organiser, &mut cast, &mut said).await?;
    move_deadline(&mut scene, &mut organiser).await?;
    close(&mut scene, &organiser, &mut cast, &mut said).await?;
    invite(&mut scene, &mut organiser, &mut cast).await?;
    meet(&mut scene, &mut organiser, &mut cast).await?;
    let export = erase(&mut scene, &mut organiser, &mut cast).await?;
    afterwards::next(&mut scene, &mut organiser).await?;
    scene.read().await?;
    println!("\nWhat was promised, and came:");
    promises::check(&scene.ledger, forum, scene.monday, &export, &said)
}

/// The organisers say what is known.
async fn announce(scene: &mut Scene<'_>, organiser: &mut Organiser<'_>) -> anyhow::Result<()> {
    let phrases = organiser.phrases;
    scene
        .tell("An organiser opens the owner's link, adds the bot to the organisers' group and writes /bind there.")
        .await?;
    organiser.edit().await?;
    let title = "កិច្ចប្រជុំលើកទីពីរ\nSecond meeting";
    organiser.set(&phrases.meeting_field_title(), title).await?;
    let day = |day| anyhow::Ok(scene.date(day)?.strftime("%d/%m/%Y").to_string());
    let days = format!("{} 8:30\n{} 8:30", day(34)?, day(35)?);
    organiser.set(&phrases.meeting_field_days(), &days).await?;
    let deadline = format!("{} 12:00", day(18)?);
    organiser
        .set(&phrases.meeting_field_deadline(), &deadline)
        .await?;
    let known = organiser.save().await?;
    scene
        .tell("/meeting: the day is one of two, the place not known yet.")
        .await?;
    let known = known.last().context("what is known")?;
    quote(&known.text);
    Ok(())
}

/// Everybody joins, and does what they do.
async fn join<'a>(
    scene: &mut Scene<'a>,
    organiser: &Organiser<'_>,
    said: &mut BTreeSet<String>,
) -> anyhow::Result<Cast<'a>> {
    let (client, forum) = (scene.client, scene.forum);
    let talk = |user, voice: usize| Talk::new(client, user, &VOICES[voice], forum, false);
    let mut cast = Cast {
        desk: talk(1_001, 2).await?,
        lotus: talk(1_002, 1).await?,
        hills: talk(1_003, 4).await?,
        sky: talk(1_004, 11).await?,
        lantern: talk(1_005, 8).await?,
        market: talk(MUTED, 6).await?,
        press: talk(BLOCKER, 10).await?,
    };
    scene
        .tell("Seven organisations join, each in its own language:")
        .await?;
    let Cast {
        desk,
        lotus,
        hills,
        sky,
        lantern,
        market,
        press,
    } = &mut cast;
    let (one, two, (), (), (), (), ()) = tokio::try_join!(
        desk.whole(),
        lotus.whole(),
        async {
            hills.join().await?;
            hills.press(&hills.phrases.button_new()).await?;
            hills.answer_from(0, BEGUN).await
        },
        sky.join(),
        lantern.join(),
        async {
            market.join().await?;
            market.say("/stop").await.map(drop)
        },
        async {
            press.join().await?;
            client.block(BLOCKER, true).await.map(drop)
        },
    )?;
    for (talk, does) in [
        (&*desk, format!("submits at once, receipt {one}")),
        (
            lotus,
            format!("(Lotus for the Community, in Khmer) submits at once, receipt {two}"),
        ),
        (hills, "begins, and leaves a draft".to_owned()),
        (
            sky,
            "(the Blue Sky Committee, in Khmer) only looks".to_owned(),
        ),
        (lantern, "only looks".to_owned()),
        (market, "only looks, and mutes reminders: /stop".to_owned()),
        (press, "only looks, and blocks the bot".to_owned()),
    ] {
        scene
            .tell(&format!("• {} {does}.", talk.voice.organisation))
            .await?;
        let Voice {
            organisation,
            title,
            ..
        } = talk.voice;
        said.insert((*organisation).to_owned());
        said.insert((*title).to_owned());
    }
    for receipt in [one, two] {
        organiser.group_sees_card(receipt).await?;
        said.insert(receipt.to_string());
    }
    Ok(cast)
}

/// What is new for the group, and the first reminders.
async fn remind(
    scene: &mut Scene<'_>,
    organiser: &Organiser<'_>,
    cast: &mut Cast<'_>,
    said: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    scene.forward(1, 23).await?;
    scene.listen().await?;
    scene.tell("Night. Nobody hears anything.").await?;
    news(scene, organiser, 3, &VOICES[2]).await?;
    scene.forward(11, 9).await?;
    let words = scene.hears(&mut cast.lantern.phone, "silent-week").await?;
    scene
        .tell("A week before the deadline, to the two that have said nothing (two more have muted or blocked):")
        .await?;
    quote(&words);
    let words = scene.hears(&mut cast.sky.phone, "silent-week").await?;
    quote(&words);
    let words = scene.hears(&mut cast.hills.phone, "draft-week").await?;
    scene.tell("… and to the one with the draft:").await?;
    quote(&words);
    // The button below the reminder leads straight into the form.
    let sky = &mut cast.sky;
    sky.press(&sky.phrases.button_new()).await?;
    sky.answer_from(0, usize::MAX).await?;
    let receipt = sky.submit().await?;
    let does = "(the Blue Sky Committee) presses the reminder's button and submits";
    told(scene, organiser, sky.voice, does, receipt, said).await?;
    news(scene, organiser, 14, sky.voice).await
}

/// The group reads what is new.
async fn news(
    scene: &mut Scene<'_>,
    organiser: &Organiser<'_>,
    day: i32,
    of: &Voice,
) -> anyhow::Result<()> {
    scene.forward(day, 8).await?;
    let title = organiser.phrases.digest_title_group().to_plain();
    // Cards came before, and so did what was new before.
    let from = scene.date(day)?.at(8, 0, 0, 0);
    let from = from.to_zoned(scene.zone.clone())?.timestamp().as_second();
    for words in [title.as_str(), of.title] {
        let is_new = |message: &Message| message.date >= from && message.text.contains(words);
        organiser.group_sees(is_new).await?;
    }
    scene
        .tell("To the organisers' group, on Mondays and Thursdays if there is anything:")
        .await?;
    quote(&title);
    quote(&format!("… {} …", of.title));
    Ok(())
}

/// What came of a concern.
async fn told(
    scene: &mut Scene<'_>,
    organiser: &Organiser<'_>,
    voice: &Voice,
    does: &str,
    receipt: Receipt,
    said: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    organiser.group_sees_card(receipt).await?;
    said.insert(receipt.to_string());
    scene
        .tell(&format!(
            "{} {does}: receipt {receipt}.",
            voice.organisation
        ))
        .await
}

/// The deadline is moved: a notice, and nothing more of the old one.
async fn move_deadline(scene: &mut Scene<'_>, organiser: &mut Organiser<'_>) -> anyhow::Result<()> {
    scene.forward(15, 10).await?;
    organiser.edit().await?;
    let phrases = organiser.phrases;
    organiser.field(&phrases.meeting_field_deadline()).await?;
    organiser.phone.press(&phrases.button_add_days(3)).await?;
    organiser.save_and_tell().await?;
    scene
        .tell(
            "The organisers give three days more. Everybody who can be reached hears of it, once:",
        )
        .await?;
    scene.read().await?;
    let notice = scene.ledger.all.iter().rev();
    let notice = notice.filter(|sent| sent.text.starts_with('📢'));
    let mut english = notice.filter(|sent| sent.chat == 1_001);
    let notice = english.next().context("the notice")?.text.clone();
    quote(&notice);
    for day in [16, 17] {
        scene.forward(day, 9).await?;
        scene
            .tell("The old deadline would have had a reminder now. None comes.")
            .await?;
    }
    Ok(())
}

/// The last days before the deadline, and what comes after it.
async fn close(
    scene: &mut Scene<'_>,
    organiser: &Organiser<'_>,
    cast: &mut Cast<'_>,
    said: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    scene.forward(19, 9).await?;
    let words = scene.hears(&mut cast.lantern.phone, "silent-days").await?;
    scene
        .tell("Two days before the new deadline, to the one that is still silent:")
        .await?;
    quote(&words);
    scene.forward(20, 9).await?;
    let words = scene.hears(&mut cast.hills.phone, "draft-day").await?;
    scene
        .tell("The day before, to the one with the draft:")
        .await?;
    quote(&words);

    scene.forward(21, 14).await?;
    let lantern = &mut cast.lantern;
    lantern.say("/menu").await?;
    let refusal = lantern.press(&lantern.phrases.button_new()).await?;
    let refusal = refusal.last().context("an answer")?.text.clone();
    let reason = lantern.phrases.note_deadline_passed("@").to_plain();
    let reason = reason.rsplit('@').next().unwrap_or_default();
    ensure!(
        refusal.contains(reason),
        "a late concern was not refused: {refusal}"
    );
    scene
        .tell("Two hours after the deadline Lantern House for Children wants to begin a concern after all:")
        .await?;
    quote(refusal.lines().next().unwrap_or_default());

    scene.forward(22, 4).await?;
    scene.listen().await?;
    scene
        .tell("Night. The one with the draft is to be reminded 8 hours before the grace ends: it waits.")
        .await?;
    scene.forward(22, 7).await?;
    let hills = &mut cast.hills;
    let words = scene.hears(&mut hills.phone, "draft-grace").await?;
    scene.tell("Now it comes:").await?;
    quote(&words);
    hills.press(&hills.phrases.button_continue()).await?;
    hills.answer_from(BEGUN, usize::MAX).await?;
    let receipt = hills.submit().await?;
    let does = "goes on with its draft and submits it in the grace";
    told(scene, organiser, hills.voice, does, receipt, said).await?;
    news(scene, organiser, 24, hills.voice).await
}

/// Who comes; the day and the place are settled.
async fn invite(
    scene: &mut Scene<'_>,
    organiser: &mut Organiser<'_>,
    cast: &mut Cast<'_>,
) -> anyhow::Result<()> {
    scene.forward(24, 9).await?;
    let words = scene.hears(&mut cast.desk.phone, "undecided").await?;
    for talk in [
        &mut cast.lotus,
        &mut cast.hills,
        &mut cast.sky,
        &mut cast.lantern,
    ] {
        scene.hears(&mut talk.phone, "undecided").await?;
    }
    scene
        .tell("Ten days before the first possible day, to all five that hear reminders:")
        .await?;
    quote(&words);
    answer(&mut cast.desk, &[true, true], 2).await?;
    answer(&mut cast.lotus, &[true, false], 3).await?;
    answer(&mut cast.hills, &[false, false], 0).await?;
    scene
        .tell("Two could come, with 2 and 3 people; one does not; two do not say.")
        .await?;

    scene.forward(25, 10).await?;
    organiser.edit().await?;
    let phrases = organiser.phrases;
    let day = format!("{} 8:30", scene.date(34)?.strftime("%d/%m/%Y"));
    organiser.set(&phrases.meeting_field_days(), &day).await?;
    let place = "សាលប្រជុំក្រុង\nThe town hall";
    organiser.set(&phrases.meeting_field_place(), place).await?;
    organiser.save_and_tell().await?;
    scene
        .tell("The organisers settle the day and the place. Everybody who can be reached hears of it, once.")
        .await?;

    scene.forward(31, 9).await?;
    let words = scene.hears(&mut organiser.phone, "unreachable").await?;
    ensure!(
        words.contains(cast.press.voice.organisation),
        "the list lacks the one that cannot be reached: {words}"
    );
    scene.tell("Three days before, to the organiser:").await?;
    quote(&words);
    scene
        .hears(&mut cast.lantern.phone, "undecided-days")
        .await?;
    let sky = &mut cast.sky;
    let words = scene.hears(&mut sky.phone, "undecided-days").await?;
    scene
        .tell("… and to the two that have not said whether they come:")
        .await?;
    quote(&words);
    answer(sky, &[true], 1).await?;
    let name = sky.voice.organisation;
    scene.tell(&format!("{name} comes, with one person.")).await
}

/// Says below a reminder on which days they come, and with how many.
async fn answer(talk: &mut Talk<'_>, days: &[bool], people: u64) -> anyhow::Result<()> {
    talk.press(&talk.phrases.button_rsvp()).await?;
    for comes in days {
        let label = if *comes {
            talk.phrases.button_coming()
        } else {
            talk.phrases.button_not_coming()
        };
        talk.press(&label).await?;
    }
    if days.contains(&true) {
        talk.press(&talk.phrases.number(people)).await?;
    }
    Ok(())
}

/// The day before, and the day.
async fn meet(
    scene: &mut Scene<'_>,
    organiser: &mut Organiser<'_>,
    cast: &mut Cast<'_>,
) -> anyhow::Result<()> {
    scene.forward(33, 9).await?;
    let words = scene.hears(&mut cast.desk.phone, "coming").await?;
    scene.hears(&mut cast.lotus.phone, "coming").await?;
    scene.hears(&mut cast.sky.phone, "coming").await?;
    scene
        .tell("The day before, to the three that come:")
        .await?;
    quote(&words);
    let Cast {
        desk,
        lotus,
        hills,
        sky,
        ..
    } = cast;
    let raised = [&*desk, &*lotus, &*hills, &*sky];
    let first = afterwards::floor(scene, organiser, raised).await?;
    let first = [desk, lotus, hills, sky].into_iter().nth(first);
    afterwards::due(scene, first.context("one of the four")?).await?;
    for (day, id) in [(118, "erasure-week"), (124, "erasure-day")] {
        scene.forward(day, 9).await?;
        let words = scene.hears(&mut organiser.phone, id).await?;
        scene
            .tell("Before everything about people is erased, to the owner:")
            .await?;
        quote(&words);
    }
    Ok(())
}

/// Everything about people goes; what is left, as the bot exports it.
async fn erase(
    scene: &mut Scene<'_>,
    organiser: &mut Organiser<'_>,
    cast: &mut Cast<'_>,
) -> anyhow::Result<String> {
    scene.forward(125, 0).await?;
    // The cards in the group are blanked by what erases.
    let gone = organiser.phrases.note_concern_gone().to_plain();
    organiser.group_sees(|message| message.text == gone).await?;
    scene.listen().await?;
    scene
        .tell("90 days after the meeting everything about people and organisations is erased; cards in the group are blanked.")
        .await?;
    scene.forward(125, 7).await?;
    let erased = organiser.phrases.notice_erased().to_plain();
    let is_it = |message: &Message| message.text == erased;
    let news = organiser.phone.wait_for(|news| news.iter().any(is_it));
    news.await.context("waiting for word of the erasure")?;
    scene.tell("To the owner, when the night is over:").await?;
    quote(&erased);

    scene.forward(125, 10).await?;
    let stranger = &mut cast.desk;
    stranger.phone.catch_up().await?;
    let news = stranger.phone.open(None).await?;
    let language = stranger.phrases.language_name();
    let mut buttons = news.iter().flat_map(|said| said.buttons.iter().flatten());
    ensure!(
        buttons.any(|button| button.text == language),
        "whoever was erased is known"
    );
    let name = stranger.voice.organisation;
    scene
        .tell(&format!(
            "{name} writes /start, and is asked for its language, as any stranger."
        ))
        .await?;
    let news = organiser.phone.say("/meeting").await?;
    let archive = news.last().context("what is left")?.text.clone();
    let counts = organiser.phrases.archive_totals(4, 4, 0, 0, 0, 0);
    ensure!(
        archive.contains(&counts.to_plain()),
        "the counts are not what was received: {archive}"
    );
    scene.tell("/meeting shows the owner what is left:").await?;
    quote(&archive);
    let file = scene.bot.data().with_file_name("export.jsonl");
    scene
        .bot
        .ask(&[OsStr::new("export"), file.as_os_str()])
        .await?;
    std::fs::read_to_string(&file).context("there is no export")
}
