//! What travels between a phone and the city: ops, receipts, beacons, pages, proofs.
