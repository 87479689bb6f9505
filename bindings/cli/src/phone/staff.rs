//! `staff …`: the officer's work.

use super::{report, views, Phone};
use crate::args::StaffCommand;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

impl Phone {
    pub(super) async fn staff(
        &self,
        command: &StaffCommand,
        sink: &dyn Sink,
    ) -> Result<Exit, Failure> {
        let o = self.core.officer();
        let done = match command {
            StaffCommand::Worklist => {
                let mut cursor = None;
                loop {
                    let page = o.worklist(cursor, 100).await?;
                    page.items
                        .iter()
                        .for_each(|s| sink.result(&views::summary(s)));
                    cursor = page.next;
                    if cursor.is_none() {
                        return Ok(Exit::Done);
                    }
                }
            }
            StaffCommand::Verify { id, note } => o.verify(id.clone(), note.clone()).await?,
            StaffCommand::Assign { id, unit } => o.assign(id.clone(), unit.clone()).await?,
            StaffCommand::Refuse { id, text } => o.refuse(id.clone(), text.clone()).await?,
            StaffCommand::Ask { id, text } => o.ask(id.clone(), text.clone()).await?,
            StaffCommand::Answer { id, text, photo } => {
                let photos = photo
                    .iter()
                    .map(|p| report::read(p))
                    .collect::<Result<_, _>>()?;
                o.answer(id.clone(), text.clone(), photos).await?
            }
            StaffCommand::Publish { id, preview } => {
                let shown = o.preview(id.clone()).await?;
                if *preview {
                    let value = serde_json::to_value(&shown)
                        .map_err(|_| Failure::refused("preview", "cannot be shown"))?;
                    sink.result(&value);
                    return Ok(Exit::Done);
                }
                o.publish(shown).await?
            }
        };
        sink.result(&views::submitted(&done));
        Ok(Exit::Done)
    }
}
