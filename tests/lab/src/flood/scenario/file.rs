//! The scenario file: its tables and their rules.

use toml::de::DeTable;

use super::fault::{Fault, Kind, Shape, Span, Where};
use super::read::{Table, Text};
use super::{Group, Refused, Role, Scenario, HOUR};
use crate::flood::audit::Invariant;

/// The longest storm, and the longest wait after it.
const LONGEST: u64 = 31 * 24 * HOUR;
/// Most phones of a scenario.
const PHONES: u64 = 200;

pub(super) fn scenario(text: &str) -> Result<Scenario, Refused> {
    let at = Text(text);
    let root = DeTable::parse(text).map_err(|e| {
        let span = e.span().unwrap_or(0..0);
        at.refuse(&span, format!("this is not TOML: {}", e.message()))
    })?;
    let mut root = Table::new(at, "a scenario", root);
    let (name_at, name) = root.string("name")?;
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err(at.refuse(&name_at, "'name' is made of letters a-z, digits and '-'"));
    }
    let mut scenario = Scenario {
        name,
        vi: root.string("vi")?.1,
        en: root.string("en")?.1,
        starts: root.instant("starts")?,
        storm: root.time("storm", LONGEST)?,
        settle: root.time("settle", LONGEST)?,
        backup_every: root.time_or("backup-every", LONGEST, 6 * HOUR)?,
        min_acts: root.number_or("min-acts", 0, 1_000_000, 200)?,
        min_photos: root.number_or("min-photos", 0, 1_000_000, 20)?,
        groups: Vec::new(),
        faults: Vec::new(),
        check: Vec::new(),
    };
    if scenario.storm < HOUR || scenario.settle < HOUR || scenario.backup_every < HOUR / 2 {
        return Err(root.refuse("'storm' and 'settle' are 1 h at least, 'backup-every' 30 m"));
    }
    for (at_name, name) in root.strings("check")? {
        let known = Invariant::of(&name).ok_or_else(|| {
            let rule = format!(
                "there is no invariant '{name}'; there are {}",
                Invariant::names()
            );
            at.refuse(&at_name, rule)
        })?;
        scenario.check.push(known);
    }
    if scenario.check.is_empty() {
        scenario.check = Invariant::ALL.map(|(i, _)| i).to_vec();
    }
    for table in root.tables("group")? {
        scenario.groups.push(group(at, table)?);
    }
    let phones: u64 = scenario.groups.iter().map(|g| g.number * g.phones).sum();
    if !(1..=PHONES).contains(&phones) {
        return Err(root.refuse(format!(
            "a scenario has 1 to {PHONES} phones, this one {phones}"
        )));
    }
    for table in root.tables("fault")? {
        let fault = fault(at, table, &scenario)?;
        scenario.faults.push(fault);
    }
    root.end()?;
    Ok(scenario)
}

fn group(at: Text<'_>, mut table: Table<'_>) -> Result<Group, Refused> {
    let (who_at, who) = table.string("who")?;
    let who = match who.as_str() {
        "citizen" => Role::Citizen,
        "intake" => Role::Intake,
        "unit" => Role::Unit,
        _ => return Err(at.refuse(&who_at, "'who' is \"citizen\", \"intake\" or \"unit\"")),
    };
    let group = Group {
        who,
        number: table.number("number", 1, PHONES)?,
        phones: table.number_or("phones", 1, 5, 1)?,
        carrier: table.string("carrier")?.1,
        acts: table.pair_or("acts", 0, 10_000, (8, 16))?,
        photos: table.number_or("photos", 0, 100, 30)?,
        photo_bytes: table.pair_or("photo-bytes", 1, 2_000_000, (4_000, 40_000))?,
        late: table.flag("late")?,
    };
    table.end()?;
    Ok(group)
}

fn fault(at: Text<'_>, mut table: Table<'_>, of: &Scenario) -> Result<Fault, Refused> {
    let (kind_at, name) = table.string("kind")?;
    let kind = Kind::of(&name).ok_or_else(|| {
        let known = Kind::ALL.map(|(_, name)| name).join(", ");
        at.refuse(
            &kind_at,
            format!("there is no fault '{name}'; there are {known}"),
        )
    })?;
    let from = table.time_or("from", of.storm, 0)?;
    let lasts = table.time_or("for", of.storm, of.storm - from)?;
    if lasts == 0 {
        return Err(table.refuse("a fault lasts longer than nothing"));
    }
    let size = match kind.size() {
        Some((name, low, high)) => table.number(name, low, high)?,
        None => 0,
    };
    let mut place = Where {
        carrier: None,
        wards: 100,
    };
    let mut number = 0;
    match kind.shape() {
        Shape::Weather => {
            if let Some((carrier_at, carrier)) = table.string_or_none("carrier")? {
                if of.groups.iter().all(|g| g.carrier != carrier) {
                    let rule = format!("no group above is on the carrier '{carrier}'");
                    return Err(at.refuse(&carrier_at, rule));
                }
                place.carrier = Some(carrier);
            }
            place.wards = table.number_or("wards", 1, 100, 100)?;
        }
        Shape::Exchange => number = table.number("percent", 1, 90)?,
        Shape::Phone | Shape::City => number = table.number("times", 1, 1_000)?,
    }
    table.end()?;
    Ok(Fault {
        kind,
        span: Span {
            from,
            to: (from + lasts).min(of.storm),
        },
        place,
        size,
        number,
    })
}
