//! `hues city`: a whole sandbox city in this process; `hues city fault`: bad luck on demand in another.

use std::sync::Arc;
use std::time::Duration;

use hues_city::{CityConfig, SystemClock};
use hues_env::Wall;
use hues_protocol::http::Method;
use serde_json::{json, Map, Value};

use crate::args::{CityArgs, FaultArgs, FaultName};
use crate::exit::{Exit, Failure};
use crate::fetch;
use crate::output::Sink;

/// Serves until SIGTERM or SIGINT. The first line is always JSON: it is read by scripts.
///
/// # Errors
/// Refused: an address it may not or cannot listen on. Busy: another city has the folder.
pub fn serve(args: &CityArgs) -> Result<Exit, Failure> {
    let clock = match &args.at {
        None => SystemClock::default(),
        Some(at) => {
            let at =
                hues_vietnam::parse_rfc3339(at).map_err(|_| Failure::refused("at", "RFC 3339"))?;
            SystemClock::starting_at(Wall(at))
        }
    };
    let config = CityConfig {
        listen: args.listen,
        data: args.data.clone(),
        tls: args.tls,
        clock: Arc::new(clock),
        backup_every: args.backup_every.map(Duration::from_secs),
        mortal: true,
        ..CityConfig::default()
    };
    hues_city::serve_forever(config, |line| {
        use std::io::Write;
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    })
    .map_err(|e| Failure::refused("city", e.to_string()))?;
    Ok(Exit::Done)
}

/// One call of the admin interface.
///
/// # Errors
/// Refused by the city, or no city there (exit 3).
pub async fn fault(args: &FaultArgs, sink: &dyn Sink) -> Result<Exit, Failure> {
    let admin = Admin {
        url: args.admin.clone(),
        token: args.token.clone(),
    };
    let answer = match args.kind {
        FaultName::List => admin.call(Method::Get, "/faults", None).await?,
        FaultName::State => admin.call(Method::Get, "/state", None).await?,
        FaultName::Backup => {
            let name = args.value.as_ref().map(|n| json!({ "name": n }));
            admin.call(Method::Post, "/backup", name).await?
        }
        FaultName::Clear => {
            let mut query = Vec::new();
            if let Some(kind) = &args.value {
                query.push(format!("kind={kind}"));
            }
            if let Some(carrier) = &args.carrier {
                query.push(format!("carrier={carrier}"));
            }
            let path = format!("/fault?{}", query.join("&"));
            admin.call(Method::Delete, &path, None).await?
        }
        _ => {
            admin
                .call(Method::Post, "/fault", Some(order(args)?))
                .await?
        }
    };
    match answer {
        Value::Array(lines) => lines.iter().for_each(|l| sink.result(l)),
        one => sink.result(&one),
    }
    Ok(Exit::Done)
}

/// The order of a fault, as `POST /fault` takes it.
fn order(args: &FaultArgs) -> Result<Value, Failure> {
    use clap::ValueEnum;
    let word = args
        .kind
        .to_possible_value()
        .map(|v| v.get_name().to_owned())
        .unwrap_or_default();
    let mut order = Map::new();
    order.insert("kind".into(), word.into());
    let number = || -> Result<i64, Failure> {
        args.value
            .as_deref()
            .and_then(|v| v.parse().ok())
            .ok_or_else(|| Failure::refused("value", "this fault needs a number"))
    };
    match args.kind {
        FaultName::Rate => drop(order.insert("bytes_s".into(), number()?.into())),
        FaultName::Latency => drop(order.insert("ms".into(), number()?.into())),
        FaultName::Cut => drop(order.insert("bytes".into(), number()?.into())),
        FaultName::Skew => drop(order.insert("seconds".into(), number()?.into())),
        FaultName::Restore => {
            let backup = args.value.clone().unwrap_or_else(|| "latest".into());
            order.insert("backup".into(), backup.into());
        }
        _ if args.value.is_some() => {
            return Err(Failure::refused("value", "this fault takes none"))
        }
        _ => {}
    }
    if let Some(carrier) = &args.carrier {
        order.insert("carrier".into(), carrier.clone().into());
    }
    if let Some(path) = &args.path {
        order.insert("path".into(), path.clone().into());
    }
    for (name, value) in [("for_s", args.for_s), ("times", args.times)] {
        if let Some(value) = value {
            order.insert(name.into(), value.into());
        }
    }
    Ok(Value::Object(order))
}

/// A city's admin interface.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Its address.
    pub url: String,
    /// Its token.
    pub token: String,
}

impl Admin {
    /// One call; its JSON answer.
    ///
    /// # Errors
    /// Exit 3 without an answer, refused with the city's words.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, Failure> {
        let bearer = vec![("authorization".to_owned(), format!("Bearer {}", self.token))];
        let origin = self.url.trim_end_matches('/');
        let answer = fetch::send(origin, vec![], method, path, bearer, body).await?;
        let value: Value = serde_json::from_slice(&answer.body)
            .map_err(|_| Failure::refused("admin", "that is no city's admin address"))?;
        match answer.status {
            200 => Ok(value),
            404 => Err(Failure::new(
                Exit::NotFound,
                "not-found",
                "admin",
                value.to_string(),
            )),
            _ => Err(Failure::refused("admin", value.to_string())),
        }
    }
}
