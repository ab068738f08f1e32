//! Rows 70 and 71: links that end, and faults on the way of a file.

use samleng::emulator::FaultKind;

use super::*;

/// A voice message of so many bytes, all different from their neighbours; the file's id and its bytes.
async fn voice(world: &World, size: u8) -> (String, Vec<u8>) {
    let bytes: Vec<u8> = (0..size).collect();
    let content = data_encoding::BASE64.encode(&bytes);
    let voice = json!({"content_base64": content, "mime_type": "audio/ogg", "duration": 2});
    let sent = json!({"from": SOK, "voice": voice});
    world.people.send(&sent).await.unwrap();
    let updates = world.people.updates().await.unwrap();
    let update = updates["updates"].as_array().unwrap().last().unwrap();
    let voice = &update["update"]["message"]["voice"];
    (voice["file_id"].as_str().unwrap().to_owned(), bytes)
}

async fn link(world: &World, id: &str) -> String {
    let file = world.ok("getFile", json!({"file_id": id})).await;
    let path = file["file_path"].as_str().unwrap();
    format!("{}/file/bot{TOKEN}/{path}", world.running.url())
}

/// Status and bytes, or the error of a body that broke off.
async fn fetch(world: &World, link: &str) -> Result<(u16, Vec<u8>), reqwest::Error> {
    let response = world.http.get(link).send().await?;
    let status = response.status().as_u16();
    Ok((status, response.bytes().await?.into()))
}

#[tokio::test]
async fn row_71_links_end_on_command() {
    let world = World::free().await;
    let (id, bytes) = voice(&world, 100).await;
    let old = link(&world, &id).await;
    assert_eq!(fetch(&world, &old).await.unwrap(), (200, bytes.clone()));
    world.people.expire_links().await.unwrap();
    let (status, body) = fetch(&world, &old).await.unwrap();
    assert_eq!(status, 404);
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        body,
        json!({"ok": false, "error_code": 404, "description": "Not Found"})
    );
    let new = link(&world, &id).await;
    assert_eq!(fetch(&world, &new).await.unwrap(), (200, bytes));
    // Each download is a call in the log.
    let calls = world.people.calls_of("file", 0, LONG).await.unwrap().calls;
    let seen: Vec<(bool, &Value)> = calls.iter().map(|call| (call.ok, &call.result)).collect();
    let size = json!({"size": 100});
    assert_eq!(seen, [(true, &size), (false, &Value::Null), (true, &size)]);
    assert!(new.ends_with(calls[2].params["file_path"].as_str().unwrap()));
    world
        .people
        .post("bot", &json!({"revoked": true}))
        .await
        .unwrap();
    assert_eq!(fetch(&world, &new).await.unwrap().0, 401);
}

#[tokio::test]
async fn faults_on_the_way_of_a_file() {
    let world = World::free().await;
    let (id, bytes) = voice(&world, 100).await;
    let link = link(&world, &id).await;
    for (kind, code) in [(FaultKind::Internal, 500), (FaultKind::BadGateway, 502)] {
        world.people.fault(Some("file"), kind, 1).await.unwrap();
        world.ok("getMe", json!({})).await;
        assert_eq!(fetch(&world, &link).await.unwrap().0, code, "{kind:?}");
    }
    world
        .people
        .refuse("file", 404, "Not Found", 1)
        .await
        .unwrap();
    assert_eq!(fetch(&world, &link).await.unwrap().0, 404);
    for kind in [FaultKind::Reset, FaultKind::DropReply] {
        world.people.fault(Some("file"), kind, 1).await.unwrap();
        assert!(fetch(&world, &link).await.unwrap_err().is_request());
    }
    world
        .people
        .fault(Some("file"), FaultKind::CutBody, 1)
        .await
        .unwrap();
    let mut response = world.http.get(&link).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.content_length()),
        (200, Some(100)),
        "it begins as it should"
    );
    let mut got = Vec::new();
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => got.extend_from_slice(&chunk),
            Ok(None) => panic!("it came whole"),
            Err(error) => break error,
        }
    };
    assert!(!broken.is_timeout());
    assert_eq!(got, bytes[..50], "and ends in the middle");
    let whole = fetch(&world, &link).await.unwrap();
    assert_eq!(whole, (200, bytes), "once only");
}

#[tokio::test]
async fn a_slow_file_comes_by_the_emulators_clock() {
    let world = World::free().await;
    let (id, bytes) = voice(&world, 100).await;
    let link = link(&world, &id).await;
    for by_clock in [true, false] {
        world.people.slow("file", 60, 1).await.unwrap();
        let mut response = world.http.get(&link).send().await.unwrap();
        let mut got = response.chunk().await.unwrap().unwrap().to_vec();
        assert_eq!(got, bytes[..50], "the clock stands still");
        // After a whole call on the side nothing more has come.
        world.ok("getMe", json!({})).await;
        tokio::select! {
            biased;
            more = response.chunk() => panic!("not yet: {more:?}"),
            () = tokio::task::yield_now() => {}
        }
        if by_clock {
            let minute = Duration::from_secs(60);
            world.people.time(minute).await.unwrap();
        } else {
            world.people.clear_faults().await.unwrap();
        }
        while let Some(chunk) = response.chunk().await.unwrap() {
            got.extend_from_slice(&chunk);
        }
        assert_eq!(got, bytes);
    }
}

#[tokio::test]
async fn row_70_a_size_beyond_the_limit_costs_nothing() {
    let world = World::free().await;
    let terabyte = 1_u64 << 40;
    let document =
        json!({"size": terabyte, "file_name": "film.mkv", "mime_type": "video/x-matroska"});
    let sent = json!({"from": SOK, "document": document});
    world.people.send(&sent).await.unwrap();
    let updates = world.updates().await;
    let document = &updates.last().unwrap()["message"]["document"];
    assert_eq!(
        (
            &document["file_size"],
            &document["file_name"],
            &document["mime_type"]
        ),
        (
            &json!(terabyte),
            &json!("film.mkv"),
            &json!("video/x-matroska")
        )
    );
    let id = json!({"file_id": document["file_id"]});
    let big = "Bad Request: file is too big";
    assert_eq!(world.err(400, "getFile", id).await, big);
    let both = json!({"from": SOK, "voice": {"size": 5, "content_base64": "AA=="}});
    assert!(world.people.send(&both).await.is_err());
}
