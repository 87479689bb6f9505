use super::*;

fn order(json: &str) -> FaultOrder {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_fault_strikes_its_carrier_only_and_so_many_times() {
    let faults = Faults::default();
    let id = faults
        .set(order(
            r#"{"kind":"cut","bytes":10,"carrier":1,"times":2}"#
                .replace(":1,", ":\"1\",")
                .as_str(),
        ))
        .unwrap();
    assert!(faults.active("cut", Carrier::Mobifone, None).is_none());
    for n in 1..=2 {
        assert_eq!(
            faults
                .take("cut", Carrier::Viettel, None, |hit| format!("hit {hit}"))
                .unwrap()
                .0,
            id,
            "{n}"
        );
    }
    assert!(faults
        .take("cut", Carrier::Viettel, None, |_| String::new())
        .is_none());
    let report = faults.report();
    assert_eq!((report[0].hits, report[0].active), (2, false));
    assert_eq!(report[0].details, ["hit 1", "hit 2"]);
}

#[test]
fn clearing_keeps_the_hits() {
    let faults = Faults::default();
    faults.set(order(r#"{"kind":"portal"}"#)).unwrap();
    faults
        .set(order(r#"{"kind":"skew","seconds":-5}"#))
        .unwrap();
    faults
        .take("portal", Carrier::Default, Some("/ops"), |_| "x".into())
        .unwrap();
    assert_eq!(faults.skew_ms(), -5_000);
    faults.clear(Some("portal"), None);
    assert!(faults
        .active("portal", Carrier::Default, Some("/ops"))
        .is_none());
    assert_eq!(faults.skew_ms(), -5_000);
    faults.clear(None, None);
    assert_eq!((faults.skew_ms(), faults.report()[0].hits), (0, 1));
}

#[test]
fn a_path_narrows_a_fault() {
    let faults = Faults::default();
    faults
        .set(order(r#"{"kind":"error-after","path":"/ops"}"#))
        .unwrap();
    assert!(faults
        .active("error-after", Carrier::Default, Some("/files"))
        .is_none());
    assert!(faults
        .active("error-after", Carrier::Default, Some("/ops"))
        .is_some());
}

#[test]
fn nonsense_is_refused() {
    let faults = Faults::default();
    assert_eq!(
        faults.set(order(r#"{"kind":"outage","carrier":"9"}"#)),
        Err("carrier")
    );
    assert_eq!(
        faults.set(order(r#"{"kind":"rate","bytes_s":0}"#)),
        Err("rate")
    );
    assert!(serde_json::from_str::<FaultOrder>(r#"{"kind":"earthquake"}"#).is_err());
    assert!(serde_json::from_str::<FaultOrder>(r#"{"kind":"cut"}"#).is_err());
}

#[test]
fn only_a_city_that_is_a_process_of_its_own_dies_on_order() {
    for kind in ["die-reading", "die-before", "die-inside", "die-after"] {
        let order = || order(&format!(r#"{{"kind":"{kind}","times":1}}"#));
        assert_eq!(Faults::default().set(order()), Err("mortal"));
        let mortal = Faults::new(true);
        mortal.set(order()).unwrap();
        assert!(mortal
            .active(kind, Carrier::Default, Some("/ops"))
            .is_some());
    }
}

#[test]
fn bytes_are_booked_one_after_the_other() {
    let faults = Faults::default();
    let client = Carrier::Viettel.address().unwrap();
    let start = Instant::now();
    let first = faults.book(1, client, true, 1_000, 2_000);
    let second = faults.book(1, client, true, 1_000, 2_000);
    assert!(second.duration_since(first) >= Duration::from_millis(499));
    assert!(second.duration_since(start) >= Duration::from_millis(999));
    // The other way is free.
    assert!(faults.book(1, client, false, 1_000, 2_000) < second);
}
