//! Journeys across real processes.
