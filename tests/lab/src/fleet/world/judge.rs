//! The judge: whether all has arrived, and whether it arrived as it should, read from what the city and the phones store.

use super::*;

impl World {
    /// Whether every phone runs and has nothing left to send or to pull.
    pub(super) fn arrived(&mut self) -> Outcome<bool> {
        for i in 0..self.phones.len() {
            let now = self.now;
            match self.phones[i].open_work(now) {
                Ok(open) if open.is_empty() => {}
                Ok(_) => return Ok(false),
                Err(e) => return Err(self.broken(format!("phone {i}: {e}"))),
            }
        }
        Ok(true)
    }

    /// The promises, computed from what the city and the phones store.
    pub(in crate::fleet) fn judge(mut self) -> Outcome<Report> {
        let state = self
            .gateway
            .state()
            .map_err(|e| self.broken(format!("state: {e}")))?;
        let ops: BTreeMap<String, &Value> = list(&state, "ops")
            .iter()
            .map(|op| (text(op, "op"), op))
            .collect();
        if ops.len() != list(&state, "ops").len() {
            return Err(self.broken("an op stands twice at the city".into()));
        }
        let complete: BTreeSet<(String, String)> = list(&state, "files")
            .iter()
            .filter(|f| f["complete"] == true && f["sha256"] == f["stored_sha256"])
            .map(|f| (text(f, "op"), text(f, "sha256")))
            .collect();
        let mut acts = 0;
        let mut photos = 0;
        let mut known = BTreeSet::new();
        for i in 0..self.phones.len() {
            let promised = self.phones[i].promised.clone();
            for (op, files) in promised {
                acts += 1;
                known.insert(op.to_string());
                if !ops.contains_key(&op.to_string()) {
                    return Err(self.broken(format!("phone {i}: {op} was promised and is lost")));
                }
                for file in files {
                    photos += 1;
                    if !complete.contains(&(op.to_string(), file.to_string())) {
                        return Err(self.broken(format!("phone {i}: photo {file} of {op} is lost")));
                    }
                }
            }
            for op in self.phones[i]
                .receipted()
                .map_err(|e| self.broken(e.to_string()))?
            {
                if !ops.contains_key(&op.to_string()) {
                    return Err(self.broken(format!(
                        "phone {i} holds a receipt for {op}, which the city does not have"
                    )));
                }
            }
            if self.phones[i].disk.image().contains(MARKER.as_bytes()) {
                return Err(self.broken(format!("phone {i}: plain text on its disk")));
            }
        }
        if let Some(alien) = ops.keys().find(|op| !known.contains(*op)) {
            return Err(self.broken(format!(
                "the city has {alien}, which nobody was told is saved"
            )));
        }
        self.lanes_in_order(&state)?;
        self.lists_equal(&state)?;
        self.report.acts = acts;
        self.report.photos = photos;
        self.report.log = self
            .log
            .clone()
            .finish()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        Ok(self.report)
    }

    fn lanes_in_order(&self, state: &Value) -> Outcome<()> {
        let mut lanes: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
        for op in list(state, "ops") {
            let at = (
                op["sequence"].as_u64().unwrap_or(0),
                op["receipt"]["index"].as_u64().unwrap_or(0),
            );
            lanes.entry(text(op, "lane")).or_default().push(at);
        }
        for (lane, mut ops) in lanes {
            ops.sort_unstable();
            let whole = ops
                .iter()
                .zip(1u64..)
                .all(|((sequence, _), n)| *sequence == n);
            if !whole || !ops.windows(2).all(|w| w[0].1 < w[1].1) {
                return Err(self.broken(format!("lane {lane} is not in order: {ops:?}")));
            }
        }
        Ok(())
    }

    /// Both phones of one account show the same reports, and all of the account's.
    fn lists_equal(&mut self, state: &Value) -> Outcome<()> {
        for i in 0..self.phones.len() {
            let id: String = self.phones[i]
                .account
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            let account = list(state, "accounts")
                .iter()
                .find(|a| text(a, "account") == id)
                .map(|a| text(a, "as"));
            let account = account.unwrap_or_default();
            let mut wanted: Vec<String> = list(state, "reports")
                .iter()
                .filter(|r| text(r, "account") == account)
                .map(|r| text(r, "id"))
                .collect();
            wanted.sort_unstable();
            let rows = self.phones[i]
                .rows("mine")
                .map_err(|e| self.broken(e.to_string()))?;
            let shown: Vec<String> = rows.into_iter().map(|(id, _)| id).collect();
            if shown != wanted {
                return Err(self.broken(format!(
                    "phone {i} shows {shown:?}, the city has {wanted:?}"
                )));
            }
        }
        Ok(())
    }
}

fn list<'a>(state: &'a Value, name: &str) -> &'a [Value] {
    state[name].as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
