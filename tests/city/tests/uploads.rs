//! tus from outside: resuming, lying, dirty photos, whose they are, how long they wait.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod handset;

use handset::*;
use hues_city::{City, CityConfig, ManualClock};
use hues_crypto::hash::sha256;
use hues_env::Wall;
use hues_protocol::ids::{Hash, OpId};
use hues_protocol::kinds::Act;
use reqwest::Method;

async fn filed(phone: &mut Phone, photo: &[u8]) -> (OpId, String) {
    let mut lane = phone.lane();
    let mut report = phone.report(&lane);
    report.files = vec![file_part(photo)];
    let offer = phone.take(&mut lane, &Act::New(report)).await;
    let created = phone
        .create(offer.id(), &Hash(sha256(photo)), photo.len() as u64)
        .await;
    assert_eq!(created.status, 201);
    (offer.id(), created.header("location").to_owned())
}

#[tokio::test]
async fn an_upload_resumes_where_it_was() {
    let city = city();
    let mut phone = Phone::new(&city, 1, Some("citizen")).await;
    let photo = photo();
    let (op, at) = filed(&mut phone, photo).await;
    let half = photo.len() / 2;
    let answer = phone.patch(&at, 0, &photo[..half]).await;
    assert_eq!(
        (answer.status, answer.header("upload-offset")),
        (204, half.to_string().as_str())
    );
    assert!(!answer.header("upload-expires").is_empty());
    let wrong = phone.patch(&at, 0, photo).await;
    assert_eq!((wrong.status, wrong.rule().as_str()), (409, "offset"));
    let head = phone.head(&at).await;
    assert_eq!(
        (head.header("upload-offset"), head.header("cache-control")),
        (half.to_string().as_str(), "no-store")
    );
    let lost = phone
        .create(op, &Hash(sha256(photo)), photo.len() as u64)
        .await;
    assert_eq!(
        (
            lost.status,
            lost.header("location"),
            lost.header("upload-offset")
        ),
        (201, at.as_str(), half.to_string().as_str())
    );
    let done = phone.patch(&at, half as u64, &photo[half..]).await;
    assert_eq!((done.status, done.header("hues-index")), (204, "2"));
    assert_eq!(phone.head(&at).await.header("hues-index"), "2");
    let again = phone
        .create(op, &Hash(sha256(photo)), photo.len() as u64)
        .await;
    assert_eq!((again.status, again.header("hues-index")), (200, "2"));
    let delete = phone
        .request(Method::DELETE, &at)
        .header("tus-resumable", "1.0.0")
        .send()
        .await
        .unwrap();
    assert_eq!(delete.status().as_u16(), 403, "what is in the log stays");
}

#[tokio::test]
async fn checksums_judge_the_chunk_and_the_whole() {
    use base64::Engine as _;
    let city = city();
    let mut phone = Phone::new(&city, 2, Some("citizen")).await;
    let photo = photo();
    let (_, at) = filed(&mut phone, photo).await;
    let sum = |bytes: &[u8]| {
        format!(
            "sha256 {}",
            base64::engine::general_purpose::STANDARD.encode(sha256(bytes))
        )
    };
    let send = |offset, bytes: &[u8], checksum: String| {
        phone
            .patch_request(&at, offset, bytes)
            .header("upload-checksum", checksum)
            .send()
    };
    assert_eq!(
        send(0, &photo[..9], sum(b"other"))
            .await
            .unwrap()
            .status()
            .as_u16(),
        460
    );
    assert_eq!(
        send(0, &photo[..9], "md5 AAAA".into())
            .await
            .unwrap()
            .status()
            .as_u16(),
        400
    );
    assert_eq!(phone.head(&at).await.header("upload-offset"), "0");
    assert_eq!(
        send(0, &photo[..9], sum(&photo[..9]))
            .await
            .unwrap()
            .status()
            .as_u16(),
        204
    );
    let mut lie = photo[9..].to_vec();
    lie[0] ^= 1;
    let whole = phone.patch(&at, 9, &lie).await;
    assert_eq!((whole.status, whole.header("upload-offset")), (460, "0"));
    assert_eq!(phone.head(&at).await.header("upload-offset"), "0");
    assert_eq!(phone.patch(&at, 0, photo).await.status, 204);
}

#[tokio::test]
async fn a_photo_that_says_more_than_its_picture_is_not_kept() {
    let city = city();
    let mut phone = Phone::new(&city, 3, Some("citizen")).await;
    let dirty = dirty_photo();
    let (_, at) = filed(&mut phone, &dirty).await;
    let answer = phone.patch(&at, 0, &dirty).await;
    assert_eq!(
        (answer.status, answer.rule().as_str()),
        (400, "photo-unclean")
    );
    assert_eq!(phone.head(&at).await.status, 404, "its bytes are gone");
    let (_, at) = filed(&mut phone, b"%PDF-1.7 no picture").await;
    assert_eq!(
        phone.patch(&at, 0, b"%PDF-1.7 no picture").await.rule(),
        "photo-type"
    );
    let state = city.state().unwrap();
    assert_eq!(
        (
            state["files"].as_array().unwrap().len(),
            state["head"].as_u64()
        ),
        (0, Some(2))
    );
}

#[tokio::test]
async fn whose_upload_how_large_and_which_protocol() {
    let city = city();
    let mut phone = Phone::new(&city, 4, Some("citizen")).await;
    let neighbour = Phone::new(&city, 5, Some("neighbour")).await;
    let nobody = Phone::new(&city, 6, None).await;
    let photo = photo();
    let (op, at) = filed(&mut phone, photo).await;
    let hash = Hash(sha256(photo));
    let length = photo.len() as u64;
    assert_eq!(nobody.create(op, &hash, length).await.status, 401);
    assert_eq!(neighbour.create(op, &hash, length).await.status, 404);
    assert_eq!(
        (
            nobody.head(&at).await.status,
            neighbour.head(&at).await.status
        ),
        (401, 404)
    );
    assert_eq!(phone.create(op, &hash, length + 1).await.status, 404);
    assert_eq!(phone.create(op, &Hash([0; 32]), length).await.status, 404);
    assert_eq!(phone.create(OpId([0; 16]), &hash, length).await.status, 404);
    assert_eq!(phone.create(op, &hash, 3 << 20).await.status, 413);
    assert_eq!(
        phone.patch(&at, 0, &vec![0; photo.len() + 1]).await.status,
        413
    );
    let plain = phone
        .request(Method::PATCH, &at)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", 0);
    assert_eq!(plain.body("x").send().await.unwrap().status().as_u16(), 415);
    let old = phone
        .request(Method::HEAD, &at)
        .header("tus-resumable", "0.2.2")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            old.status().as_u16(),
            old.headers()["tus-version"].to_str().unwrap()
        ),
        (412, "1.0.0")
    );
    let options = phone
        .request(Method::OPTIONS, "/files")
        .send()
        .await
        .unwrap();
    assert_eq!(
        options.headers()["tus-extension"],
        "creation,checksum,expiration,termination"
    );
    let delete = |phone: &Phone| {
        phone
            .request(Method::DELETE, &at)
            .header("tus-resumable", "1.0.0")
            .send()
    };
    assert_eq!(delete(&neighbour).await.unwrap().status().as_u16(), 404);
    assert_eq!(delete(&phone).await.unwrap().status().as_u16(), 204);
    assert_eq!(phone.head(&at).await.status, 404);
}

#[tokio::test]
async fn an_unfinished_upload_expires_and_is_made_anew() {
    let clock = ManualClock::at(Wall(FLOOD_DAY));
    let city = City::start(CityConfig {
        clock: clock.clone(),
        ..CityConfig::default()
    })
    .unwrap();
    let mut phone = Phone::new(&city, 7, Some("citizen")).await;
    let photo = photo();
    let (op, at) = filed(&mut phone, photo).await;
    assert_eq!(phone.patch(&at, 0, &photo[..10]).await.status, 204);
    clock.advance(7 * 86_400_000);
    assert_eq!(phone.head(&at).await.status, 410);
    let anew = phone
        .create(op, &Hash(sha256(photo)), photo.len() as u64)
        .await;
    assert_eq!((anew.status, anew.header("upload-offset")), (201, "0"));
    assert_ne!(anew.header("location"), at);
    assert_eq!(
        phone.patch(anew.header("location"), 0, photo).await.status,
        204
    );
}

#[tokio::test]
async fn a_photo_in_ranges() {
    let city = city();
    let mut phone = Phone::new(&city, 8, Some("citizen")).await;
    phone.report_with_photo(photo()).await;
    let path = format!("/media/{}", Hash(sha256(photo())));
    let get = |range: &'static str| {
        phone
            .request(Method::GET, &path)
            .header("range", range)
            .send()
    };
    let part = Answer::of(get("bytes=2-5").await.unwrap()).await;
    assert_eq!(
        (
            part.status,
            part.body.as_slice(),
            part.header("content-type")
        ),
        (206, &photo()[2..=5], "image/jpeg")
    );
    assert_eq!(get("bytes=9999999-").await.unwrap().status().as_u16(), 416);
    assert_eq!(phone.get("/media/zz").await.status, 404);
}
