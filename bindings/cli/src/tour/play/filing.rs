//! How a report is filed in the story: durable when the phone says so, also by a phone that dies in the middle.

use super::*;

impl Day {
    /// Files a report; durable when this returns.
    pub(super) async fn file(&mut self, filing: &Filing) -> Result<String, Failure> {
        let line = filing_command(filing);
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let filed = self.citizen.one(&line).await?;
        self.filed(filing, &filed).await
    }

    /// The same, but the process dies inside the transaction. The draft is still there and is sent.
    pub(super) async fn file_and_die(&mut self, filing: &Filing) -> Result<String, Failure> {
        self.stage.say(
            "SIGKILL giữa BEGIN và COMMIT",
            "SIGKILL between BEGIN and COMMIT",
        );
        self.citizen.sandbox["kill"] = json!({"point": "submit-before-commit", "hit": 1});
        let line = filing_command(filing);
        let line: Vec<&str> = line.iter().map(String::as_str).collect();
        let ran = self.citizen.run(&line).await?;
        self.citizen.sandbox["kill"] = Value::Null;
        self.killed("submit", "submit-before-commit", &ran)?;
        self.citizen.event(
            EventKind::Killed,
            words(
                "SIGKILL giữa BEGIN và COMMIT khi đang gửi",
                "SIGKILL between BEGIN and COMMIT while filing",
            ),
        );
        let drafts = self.citizen.done(&["report", "draft", "list"]).await?;
        self.notes.drafts_after_kill = drafts.len();
        let Some(draft) = drafts.first().and_then(|d| d["id"].as_str()) else {
            return Err(Failure::new(
                Exit::CheckFailed,
                "tour",
                "draft",
                "the draft is lost",
            ));
        };
        self.citizen.event(
            EventKind::Booted,
            words(
                "mở lại: bản nháp còn nguyên",
                "opened again: the draft is whole",
            ),
        );
        let filed = self
            .citizen
            .one(&["report", "draft", "send", draft])
            .await?;
        self.filed(filing, &filed).await
    }

    /// Notes a filed report and what of it waits.
    async fn filed(&mut self, filing: &Filing, filed: &Value) -> Result<String, Failure> {
        let id = filed["id"].as_str().unwrap_or_default().to_owned();
        self.notes.filed.push((id.clone(), self.stage.at()));
        let shown = self.citizen.one(&["report", "show", &id]).await?;
        let photos = shown["photos"].as_array().cloned().unwrap_or_default();
        {
            let mut seen = self.town.seen();
            for photo in &photos {
                let sha = photo["sha256"].as_str().unwrap_or_default().to_owned();
                seen.photos
                    .insert(sha, photo["bytes"].as_u64().unwrap_or_default());
            }
        }
        self.accept("citizen", filed, filing.text.len() as u64);
        let n = photos.len();
        self.citizen.event(
            EventKind::Act,
            words(
                format!("gửi phản ánh, {n} ảnh: {}", first_words(&filing.text)),
                format!("files a report with {n} photos ({})", filing.category),
            ),
        );
        self.stage.say(
            "Phản ánh đã lưu bền trên máy",
            "a report is durable on the phone",
        );
        Ok(id)
    }
}

fn filing_command(filing: &Filing) -> Vec<String> {
    let mut line: Vec<String> = [
        "report",
        "new",
        "--category",
        filing.category,
        "--text",
        &filing.text,
        "--at",
        &filing.at,
    ]
    .map(str::to_owned)
    .to_vec();
    for answer in filing.answers {
        line.extend(["--answer".to_owned(), (*answer).to_owned()]);
    }
    for photo in &filing.photos {
        line.extend(["--photo".to_owned(), path(photo)]);
    }
    line
}
