//! The organisers' commands, given while the bot runs and while it does not: what they say, what comes of it, and that
//! whoever gives a wrong one is told so in one line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use rust_xlsxwriter::Workbook;
use samleng::dialogue::World as _;
use samleng::domain::Organisation;
use samleng::store::Stage;
use samleng::text::{Html, Phrases};
use serde_json::{Value, json};

use super::canaries;
use super::in_memory::{english, forum, khmer};
use super::support::{Phone, Said, Site};

/// Done, with this on standard output and nothing to complain of.
fn done(said: &Said, out: &str) {
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(said.out, out);
    assert!(!said.err.contains("samleng: "), "{}", said.err);
}

/// Refused with 1, with nothing on standard output and one clear line, the last.
fn refused(said: &Said, why: &str) {
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(said.out, "");
    let lines: Vec<&str> = said
        .err
        .lines()
        .filter(|l| l.starts_with("samleng: "))
        .collect();
    assert_eq!(lines.len(), 1, "{}", said.err);
    assert!(lines[0].contains(why), "{}", said.err);
    assert_eq!(said.err.lines().last(), Some(lines[0]));
    assert!(!said.err.contains("panicked"), "{}", said.err);
}

fn file(site: &Site, name: &str, content: impl AsRef<[u8]>) -> String {
    let path: PathBuf = site.folder.path().join(name);
    fs::write(&path, content).unwrap();
    path.display().to_string()
}

fn xlsx(rows: &[[&str; 4]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write(row, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

/// The organisation with this number; only while the bot does not run.
fn numbered(site: &Site, number: &str) -> Option<Organisation> {
    let store = site.store();
    let stage = Stage::new(&store, Timestamp::now()).unwrap();
    let found = stage.organisation_numbered(number);
    stage.checked().unwrap();
    found
}

/// Waits until the person is told this, once.
async fn told(phone: &Phone, words: &Html) {
    let words = words.to_plain();
    phone
        .sees(|chat| {
            let ours = chat.messages.iter().filter(|m| m.from_bot);
            let times = ours.filter(|m| m.text.contains(&words)).count();
            assert!(times <= 1, "{words} twice");
            (times == 1).then_some(())
        })
        .await;
}

const HEAD: &str = "number,name_km,name_en,province\n";
const GOOD: &str = "1001,សមាគមកសិករស្រូវ,Rice Farmers Association,Pursat\n\
    1002,,River Fishers Network,Kampot\n\
    NGO-7,អ្នកត្បាញ,,\n";

#[tokio::test]
async fn the_registry_is_imported_and_brought_up_to_date() {
    let site = Site::new().await;
    let list = file(&site, "list.csv", format!("{HEAD}{GOOD}"));
    let import = ["import", "registry", list.as_str()];
    refused(&site.say(&import).await, "has the bot run there?");

    let bot = site.run().await;
    done(
        &site.say(&import).await,
        "3 new organisations, 0 known ones brought up to date\n",
    );
    let known = "0 new organisations, 3 known ones brought up to date\n";
    done(&site.say(&import).await, known);
    // The running bot knows them at once.
    let mut phone = site.phone(1, "en").await;
    phone.start(None).await;
    let consent = phone.until("agree").await;
    phone.act(&consent).await;
    let asked = phone.screen().await;
    phone.type_in(&asked, "river fishers").await;
    let offered = phone.screen().await;
    assert_eq!(offered.verb(0), Some("pick"));
    assert!(offered.message.text.contains("River Fishers Network"));
    bot.stop().await;

    done(&site.say(&import).await, known);
    let weavers = numbered(&site, "NGO-7").unwrap();
    assert_eq!(weavers.name.get(english()), "អ្នកត្បាញ");
    let changed = [
        ["number", "name_km", "name_en", "province"],
        ["1002", "", "Sea Fishers Network", "Kep"],
        ["១០០៣", "កុម្ភការ", "Potters", "Kandal"],
    ];
    let book = file(&site, "changed.xlsx", xlsx(&changed));
    done(
        &site.say(&["import", "registry", &book]).await,
        "1 new organisations, 1 known ones brought up to date\n",
    );
    let fishers = numbered(&site, "1002").unwrap();
    assert_eq!(fishers.name.get(english()), "Sea Fishers Network");
    assert_eq!(fishers.place, "kep");
    assert!(numbered(&site, "1003").is_some(), "Khmer digits are digits");
    assert!(
        numbered(&site, "1001").is_some(),
        "who is not in the file stays"
    );

    // The one who had been offered the old name is offered the new one.
    let bot = site.run().await;
    phone
        .press(&offered, &offered.message.buttons[0][0].text.clone())
        .await;
    let menu = phone.until("new").await;
    assert!(
        menu.message.text.contains("Sea Fishers Network"),
        "{}",
        menu.message.text
    );
    bot.stop().await;
}

#[tokio::test]
async fn bad_rows_are_told_and_nothing_is_imported() {
    let site = Site::new().await;
    site.run().await.stop().await;
    let rows = [
        ["number", "name_km", "name_en", "province"],
        ["1", "", "Rice Farmers", "Pursat"],
        ["", "", "Fishers", "Kampot"],
        ["1", "", "Weavers", "Kandal"],
        ["2", "", "", "Kandal"],
        ["3", "", "Potters", "Atlantis"],
    ];
    let text: String = rows.map(|row| row.join(",") + "\n").concat();
    for (name, content) in [("bad.csv", text.into_bytes()), ("bad.xlsx", xlsx(&rows))] {
        let list = file(&site, name, content);
        let said = site.say(&["import", "registry", &list]).await;
        refused(&said, "4 faults, so nothing was imported");
        for line in [
            "3: the number is missing",
            "4: the number 1 stands in line 2 already",
            "5: the name is missing in every language",
            "6: there is no place called \"Atlantis\"",
        ] {
            let line = format!("{list}:{line}");
            assert!(
                said.err.lines().any(|said| said == line),
                "{line}: {}",
                said.err
            );
        }
        assert_eq!(numbered(&site, "1"), None);
    }
    let list = site.folder.path().join("bad.csv").display().to_string();
    let said = site.say(&["import", "registry", &list, "--partial"]).await;
    done(
        &said,
        "1 new organisations, 0 known ones brought up to date\n",
    );
    assert!(said.err.contains("bad.csv:6: "), "{}", said.err);
    assert_eq!(
        numbered(&site, "1").unwrap().name.get(english()),
        "Rice Farmers"
    );
    assert_eq!(numbered(&site, "2"), None);

    let missing = site.folder.path().join("none.csv").display().to_string();
    refused(
        &site.say(&["import", "registry", &missing]).await,
        "cannot read",
    );
    let other = file(&site, "other.csv", "a,b\n1,2\n");
    refused(
        &site.say(&["import", "registry", &other]).await,
        "must name the columns",
    );
    let broken = file(&site, "broken.xlsx", &xlsx(&rows)[..200]);
    refused(&site.say(&["import", "registry", &broken]).await, "damaged");
    let old = file(&site, "old.xls", [0xD0, 0xCF, 0x11, 0xE0, 0, 0]);
    refused(&site.say(&["import", "registry", &old]).await, "old Excel");
}

/// What a link carries.
fn code(link: &str) -> &str {
    let (bot, code) = link.split_once("?start=").unwrap();
    assert!(bot.starts_with("https://t.me/"), "{link}");
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    assert!(code.len() == 22 && code.chars().all(legal), "{link}");
    code
}

async fn links(site: &Site, more: &[&str]) -> Vec<String> {
    let args = [&["invite"], more].concat();
    let said = site.say(&args).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.ends_with('\n'));
    said.out.lines().map(str::to_owned).collect()
}

/// Whether somebody new who opens the link comes to be asked whether they speak for the organisation or for which.
async fn opens(site: &Site, id: i64, link: &str) -> Phone {
    let mut phone = site.phone(id, "en").await;
    phone.start(Some(code(link))).await;
    phone
}

fn says(phrase: impl Fn(Phrases<'_>) -> Html) -> Html {
    phrase(forum().words.phrases(english()))
}

/// Both languages greet whoever has none yet.
async fn is_unknown(phone: &Phone) {
    told(phone, &says(|phrases| phrases.note_unknown_link())).await;
}

#[tokio::test]
async fn invitations_are_links_that_are_used_up_and_taken_back() {
    let site = Site::new().await;
    refused(&site.say(&["invite"]).await, "has the bot run there?");
    let bot = site.run().await;
    let list = file(&site, "list.csv", format!("{HEAD}{GOOD}"));
    assert_eq!(site.say(&["import", "registry", &list]).await.code, Some(0));

    let numbers = file(&site, "numbers.txt", "\u{feff}1001\n\n NGO-7\r\n1002\n");
    let several = links(&site, &["--file", &numbers]).await;
    assert_eq!(several.len(), 3);
    let codes: BTreeSet<&str> = several.iter().map(|link| code(link)).collect();
    assert_eq!(codes.len(), 3);
    // In the order of the file.
    let mut weaver = opens(&site, 1, &several[1]).await;
    let confirm = weaver.until("yes").await;
    assert!(
        confirm.message.text.contains("អ្នកត្បាញ"),
        "{}",
        confirm.message.text
    );
    weaver.act(&confirm).await;
    weaver.submit().await;
    let late = opens(&site, 2, &several[1]).await;
    is_unknown(&late).await;

    for (more, why) in [
        (
            &["--org", "4711"][..],
            "no organisation has the number 4711",
        ),
        (&["--expires", "2001-01-01"], "2001-01-01 has passed"),
        (&["--expires", "soon"], "is no day such as"),
        (
            &["--revoke", "AAAAAAAAAAAAAAAAAAAAAA"],
            "no invitation with this code",
        ),
    ] {
        refused(&site.say(&[&["invite"], more].concat()).await, why);
    }
    let unknown = file(&site, "unknown.txt", "1001\n4711\n");
    let said = site.say(&["invite", "--file", &unknown]).await;
    refused(&said, "no organisation has the number 4711");
    let empty = file(&site, "empty.txt", "\n \n");
    refused(
        &site.say(&["invite", "--file", &empty]).await,
        "names no organisation",
    );
    assert_eq!(site.say(&["invite", "--uses", "0"]).await.code, Some(2));

    // Two people may use this one, for whichever organisation.
    let twice = links(&site, &["--uses", "2", "--expires", "2099-12-31"]).await;
    for id in [11, 12] {
        let mut phone = opens(&site, id, &twice[0]).await;
        phone.submit().await;
    }
    is_unknown(&opens(&site, 13, &twice[0]).await).await;
    bot.stop().await;

    // While the bot does not run; the link works when it does.
    let org = links(&site, &["--org", "1002"]).await;
    let gone = links(&site, &[]).await;
    done(&site.say(&["invite", "--revoke", &gone[0]]).await, "");
    let also = links(&site, &[]).await;
    done(&site.say(&["invite", "--revoke", code(&also[0])]).await, "");
    let bot = site.run().await;
    let mut fisher = opens(&site, 21, &org[0]).await;
    let confirm = fisher.until("yes").await;
    assert!(confirm.message.text.contains("River Fishers Network"));
    is_unknown(&opens(&site, 22, &gone[0]).await).await;
    is_unknown(&opens(&site, 23, &also[0]).await).await;
    done(&site.say(&["invite", "--revoke", &org[0]]).await, "");
    is_unknown(&opens(&site, 24, &org[0]).await).await;
    bot.stop().await;

    // Whoever copies the disk has none of them.
    let mut found = BTreeMap::new();
    canaries::files(&site.data, &mut found);
    assert!(found.len() > 3);
    let all = several.iter().chain(&twice).chain(&org).chain(&gone);
    for (link, (path, bytes)) in all.flat_map(|link| found.iter().map(move |f| (link, f))) {
        assert!(
            !canaries::find(bytes, code(link)),
            "a code stands in {path}"
        );
    }
}

#[tokio::test]
async fn whoever_tries_codes_is_slowed_down() {
    let site = Site::new().await;
    let bot = site.run().await;
    let link = links(&site, &[]).await.remove(0);
    let mut phone = site.phone(1, "en").await;
    phone.start(None).await;
    phone.until("agree").await;
    for wrong in ["A", "B", "C"] {
        let screen = phone
            .screen_of_command(&format!("/start {}", wrong.repeat(22)))
            .await;
        let unknown = says(|phrases| phrases.note_unknown_link());
        assert!(
            screen.message.text.contains(&unknown.to_plain()),
            "{}",
            screen.message.text
        );
    }
    let closed = phone
        .screen_of_command(&format!("/start {}", code(&link)))
        .await;
    let said = says(|phrases| phrases.note_links_closed(1)).to_plain();
    assert!(
        closed.message.text.contains(&said),
        "{}",
        closed.message.text
    );
    assert_eq!(closed.verb(0), Some("agree"), "they go on without a link");
    // It was not used up, and nobody else waits.
    let mut other = opens(&site, 2, &link).await;
    other.submit().await;
    bot.stop().await;
}

#[tokio::test]
async fn the_meeting_is_set() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut phone = site.phone(1, "en").await;
    phone.start(None).await;
    phone.submit().await;
    let text = "title.en = \"Third meeting\"\ntitle.km = \"កិច្ចប្រជុំ\"\ndays = [2090-01-17T08:30:00]\n\
        place.en = \"Phnom Penh\"\nplace.km = \"ភ្នំពេញ\"\ncapacity = 300\n";
    let meeting = file(&site, "meeting.toml", text);
    done(&site.say(&["set", "meeting", &meeting]).await, "");
    let shown = phone.screen_of_command("/meeting").await.message.text;
    for words in ["17 January 2090", "8:30", "Phnom Penh", "300"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let bad = file(
        &site,
        "bad.toml",
        "days = [2090-01-17T08:30:00]\nplaces = 3\n",
    );
    refused(&site.say(&["set", "meeting", &bad]).await, "bad.toml:");
    refused(
        &site.say(&["set", "meeting", "nowhere.toml"]).await,
        "cannot read",
    );
    bot.stop().await;

    let moved = file(&site, "moved.toml", text.replace("Phnom Penh", "Kampot"));
    done(&site.say(&["set", "meeting", &moved]).await, "");
    let bot = site.run().await;
    let shown = phone.screen_of_command("/meeting").await.message.text;
    assert!(
        shown.contains("Kampot") && !shown.contains("Phnom Penh"),
        "{shown}"
    );
    bot.stop().await;
}

/// A concern of the digest, if it is in it.
async fn listed(site: &Site, receipt: &str) -> Option<Value> {
    let digest = site.digest().await;
    let mut concerns = digest["concerns"].as_array().unwrap().iter();
    concerns
        .find(|concern| concern["receipt"] == receipt)
        .cloned()
}

/// The name under which a concern is spoken of.
async fn title(site: &Site, receipt: &str) -> String {
    let concern = listed(site, receipt).await.unwrap();
    concern["title"].as_str().unwrap().to_owned()
}

/// Where the digest says that it stands; the number among which it counts it, where it only counts it.
async fn status(site: &Site, receipt: &str) -> String {
    if let Some(concern) = listed(site, receipt).await {
        return concern["status"].as_str().unwrap().to_owned();
    }
    let totals = site.digest().await["totals"].clone();
    let counted = ["held", "rejected", "merged", "withdrawn"];
    let mut counted = counted
        .into_iter()
        .filter(|total| totals[*total] == json!(1));
    let only = counted.next().unwrap();
    assert_eq!(counted.next(), None, "{totals}");
    only.to_owned()
}

#[tokio::test]
async fn a_concern_is_set_to_each_status_and_its_author_hears_of_it() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut phone = site.phone(1, "km").await;
    phone.start(None).await;
    let one = phone.submit().await;
    phone.words = "Other words altogether".to_owned();
    let two = phone.submit().await;
    let forum = forum();
    let phrases = forum.words.phrases(khmer());
    let name = title(&site, &one).await;

    type Notice = fn(&Phrases<'_>, &str) -> Html;
    let steps: [(&str, &[&str], Option<Notice>); 12] = [
        ("approved", &[], Some(|p, name| p.notice_approved(name))),
        ("held", &[], Some(|p, name| p.notice_held(name))),
        (
            "rejected",
            &["--reason", "Somebody else decides that."],
            Some(|p, name| {
                let mut html = p.notice_rejected(name);
                html.paragraph(&p.mine_reason("Somebody else decides that."));
                html
            }),
        ),
        ("new", &[], None),
        ("waiting", &[], None),
        ("agenda", &[], Some(|p, name| p.notice_agenda(name))),
        ("answered", &[], Some(|p, name| p.notice_answered(name))),
        ("promised", &[], Some(|p, name| p.notice_promised(name))),
        ("deflected", &[], Some(|p, name| p.notice_deflected(name))),
        (
            "not_reached",
            &[],
            Some(|p, name| p.notice_not_reached(name)),
        ),
        ("done", &[], Some(|p, name| p.notice_done(name))),
        (
            "merged",
            &["--into", &two],
            Some(|p, name| p.notice_merged(name)),
        ),
    ];
    for (id, more, notice) in steps {
        let args = [&["set", "concern", one.as_str(), id], more].concat();
        done(&site.say(&args).await, "");
        if let Some(notice) = notice {
            told(&phone, &notice(&phrases, &name)).await;
        }
        let counted = if id == "waiting" { "held" } else { id };
        assert_eq!(status(&site, &one).await, counted);
    }
    // Saying it again changes nothing, and nobody hears of it twice.
    done(
        &site
            .say(&["set", "concern", &one, "merged", "--into", &two])
            .await,
        "",
    );
    told(&phone, &phrases.notice_merged(&name)).await;

    let question = ["set", "concern", two.as_str(), "--ask", "In which commune?"];
    done(&site.say(&question).await, "");
    let name = title(&site, &two).await;
    told(&phone, &phrases.notice_asked(&name, "In which commune?")).await;
    refused(
        &site.say(&question).await,
        "a question that is not answered yet",
    );

    let stranger = "SL-0000-0000-0000";
    for (args, why) in [
        (
            &[stranger, "agenda"][..],
            "no concern has the receipt SL-0000-0000-0000",
        ),
        (&["SL-1234", "agenda"], "is no receipt such as"),
        (&[&two, "splendid"], "is no status"),
        (
            &[&two, "merged", "--into", &two],
            "cannot be merged into itself",
        ),
        (
            &[&two, "merged", "--into", stranger],
            "no concern has the receipt",
        ),
        (&[&two, "merged"], "others were merged into it"),
        (
            &[&two, "agenda", "--reason", "x"],
            "only what is rejected has a reason",
        ),
        (&[&two, "agenda", "--into", &one], "only what is merged"),
    ] {
        refused(&site.say(&[&["set", "concern"], args].concat()).await, why);
    }
    assert_eq!(site.say(&["set", "concern", &two]).await.code, Some(2));

    // However the receipt was written down.
    let khmer_digit = |c: char| {
        c.to_digit(10)
            .map_or(c, |d| char::from_u32(0x17E0 + d).unwrap())
    };
    for (written, id) in [
        (two.to_lowercase(), "approved"),
        (two.replace('0', "O").replace('1', "l"), "answered"),
        (two.chars().map(khmer_digit).collect(), "approved"),
        (two.replace('-', " "), "answered"),
        (two.replace("SL-", ""), "agenda"),
    ] {
        done(&site.say(&["set", "concern", &written, id]).await, "");
        let is = listed(&site, &two).await.unwrap();
        assert_eq!(is["status"], json!(id), "{written}");
    }
    bot.stop().await;

    // What is decided while the bot does not run is told when it does.
    done(&site.say(&["set", "concern", &two, "promised"]).await, "");
    refused(
        &site.say(&["set", "concern", stranger, "done"]).await,
        "no concern has",
    );
    let bot = site.run().await;
    told(&phone, &phrases.notice_promised(&name)).await;
    done(&site.say(&["set", "concern", &two, "withdrawn"]).await, "");
    // By its receipt: its words are gone from what is still to be sent, too.
    told(&phone, &phrases.notice_withdrawn_by_organisers(&two)).await;
    told(&phone, &phrases.notice_alone_again()).await;
    refused(
        &site.say(&["set", "concern", &two, "new"]).await,
        "was withdrawn",
    );
    let text = site.digest().await.to_string();
    assert!(!text.contains("Other words altogether"), "{text}");
    bot.stop().await;
}

#[tokio::test]
async fn an_organisation_is_approved_and_suspended() {
    let site = Site::with(&format!(
        "join = \"approval\"\n{}",
        super::support::UNLIMITED
    ))
    .await;
    let bot = site.run().await;
    let list = file(&site, "list.csv", format!("{HEAD}{GOOD}"));
    assert_eq!(site.say(&["import", "registry", &list]).await.code, Some(0));
    let mut phone = site.phone(1, "en").await;
    phone.start(None).await;
    phone.words = "Zither Makers".to_owned();
    let receipt = phone.submit().await;
    assert_eq!(status(&site, &receipt).await, "held");
    // What everybody typed first was their organisation's name.
    let name = "Zither Makers.1";

    done(
        &site
            .say(&["set", "organisation", &name.to_uppercase(), "approved"])
            .await,
        "",
    );
    told(
        &phone,
        &says(|phrases| phrases.notice_organisation_approved()),
    )
    .await;
    assert_eq!(status(&site, &receipt).await, "new");
    let organisation = listed(&site, &receipt).await.unwrap()["organisation"].clone();
    assert_eq!(organisation["en"], json!(name));
    assert_eq!(organisation["verified"], json!(true));
    let suspended = ["set", "organisation", name, "suspended"];
    done(&site.say(&suspended).await, "");
    told(&phone, &says(|phrases| phrases.note_suspended())).await;
    done(
        &site.say(&["set", "organisation", "1002", "approved"]).await,
        "",
    );
    refused(
        &site.say(&["set", "organisation", "4711", "plain"]).await,
        "no organisation has",
    );
    assert_eq!(
        site.say(&["set", "organisation", "1002", "nice"])
            .await
            .code,
        Some(2)
    );
    bot.stop().await;

    done(&site.say(&["set", "organisation", name, "plain"]).await, "");
    assert!(numbered(&site, "1002").unwrap().verified);
    let bot = site.run().await;
    let mut other = site.phone(2, "en").await;
    other.start(None).await;
    other.words = "Lute Makers".to_owned();
    let waits = other.submit().await;
    assert_eq!(status(&site, &waits).await, "held");
    bot.stop().await;
}
