//! What a scenario file may get wrong, and where it is told so.

use super::*;

const GOOD: &str = r#"
name = "mine"
vi = "Của tôi"
en = "Mine"
starts = 2025-10-28T00:00:00+07:00
storm = "3h"
settle = "2h"

[[group]]
who = "citizen"
number = 2
carrier = "a"

[[fault]]
kind = "outage"
carrier = "a"
from = "1h"
for = "30m"
"#;

#[test]
fn the_built_in_ones_are_sound_and_named_as_their_files() {
    for (name, text) in BUILT_IN {
        let scenario = Scenario::parse(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(scenario.name, name);
        assert!(scenario.min_acts >= 200 && scenario.min_photos >= 20);
    }
    let all = Scenario::built_in("broken-night").expect("it is there");
    assert_eq!(all.kinds().len(), Kind::ALL.len(), "all faults together");
}

#[test]
fn a_good_file_is_read() {
    let scenario = Scenario::parse(GOOD).expect("sound");
    assert_eq!(scenario.starts, 1_761_584_400_000);
    assert_eq!((scenario.storm, scenario.phones()), (3 * HOUR, 2));
    let fault = &scenario.faults[0];
    assert_eq!((fault.span.from, fault.span.to), (HOUR, HOUR + HOUR / 2));
    assert_eq!(scenario.check.len(), Invariant::ALL.len());
}

#[test]
fn an_error_names_its_line_and_the_rule() {
    let cases = [
        (
            "storm = \"3h\"",
            "storm = \"3 hours\"",
            6,
            "'storm' is a time",
        ),
        ("storm = \"3h\"", "storm = \"900h\"", 6, "at most 744 h"),
        ("storm = \"3h\"", "storm = 3", 6, "text in quotes"),
        (
            "kind = \"outage\"",
            "kind = \"flod\"",
            15,
            "there is no fault 'flod'; there are outage, dead-link, slow",
        ),
        (
            "carrier = \"a\"\nfrom",
            "carrier = \"b\"\nfrom",
            16,
            "no group above is on the carrier 'b'",
        ),
        ("for = \"30m\"", "percent = 3", 18, "fault has no 'percent'"),
        ("for = \"30m\"", "for = \"0s\"", 14, "longer than nothing"),
        ("number = 2", "number = 0", 11, "between 1 and 200"),
        (
            "number = 2",
            "number = 2\nphons = 2",
            12,
            "group has no 'phons'",
        ),
        ("who = \"citizen\"", "who = \"mayor\"", 10, "'who' is"),
        ("en = \"Mine\"", "en = \"Mine", 4, "this is not TOML"),
        (
            "starts = 2025-10-28T00:00:00+07:00",
            "starts = 2025-10-28",
            5,
            "date with time and zone",
        ),
        ("name = \"mine\"", "name = \"../mine\"", 2, "letters"),
        (
            "settle = \"2h\"",
            "settle = \"2h\"\ncheck = [\"nothing-lost\", \"weather\"]",
            8,
            "there is no invariant 'weather'",
        ),
    ];
    for (good, bad, line, rule) in cases {
        assert!(GOOD.contains(good), "{good}");
        let refused = Scenario::parse(&GOOD.replace(good, bad)).expect_err(bad);
        assert!(refused.rule.contains(rule), "{bad}: {refused}");
        assert_eq!(refused.line, line, "{bad}: {refused}");
    }
    let without = GOOD.replace("en = \"Mine\"\n", "");
    assert!(Scenario::parse(&without).is_err_and(|e| e.rule.contains("needs 'en'")));
    assert!(Scenario::parse("").is_err());
    let unknown = Scenario::built_in("deluge").expect_err("none such");
    assert!(unknown.rule.contains("28-30-oct-2025"));
}
