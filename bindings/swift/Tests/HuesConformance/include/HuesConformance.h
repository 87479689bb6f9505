// The judge of libhues_conformance, a library for tests alone (bindings/ffi/conformance).

#pragma once

#include <stddef.h>
#include <stdint.h>

// Judges `question` (JSON, `length` bytes) and writes the answer to `answer` if it fits into `room`; gives its length either way.
size_t hues_conformance(const uint8_t *question, size_t length, uint8_t *answer, size_t room);
