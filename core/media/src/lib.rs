//! Photo privacy: bounded decoding, orientation, scaling, re-encoding and a re-scan of every output.
