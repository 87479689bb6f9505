package vn.hues.core

import java.nio.Buffer
import java.nio.ByteBuffer

// What most calls leave out, left out.

/**
 * Opens the core that lives in the folder [home], with the built-in transport. Without a [city] everything works but sending;
 * without an [account] the one that was open last opens.
 *
 * Fails as [openCore] does.
 */
suspend fun HuesCore.Companion.open(
    home: String,
    vault: KeyVault,
    city: CityAddress? = null,
    account: String? = null,
): HuesCore = openCore(CoreConfig(home, city, account), vault, null, null)

/** A draft's content with what is known so far. */
fun DraftInput.Companion.of(
    text: String,
    category: String? = null,
    place: Place? = null,
    ward: String? = null,
    placeWords: String? = null,
    answers: Map<String, String> = emptyMap(),
    author: AuthorKind = AuthorKind.SEALED,
) = DraftInput(category, text, place, ward, placeWords, answers.map { (question, value) -> Answer(question, value) }, author)

/**
 * Checks a [proof] with the city's list of [keys], which must come from elsewhere than the proof.
 *
 * Fails as the generated function does, which wants direct buffers.
 */
fun verifyProof(proof: ByteArray, keys: ByteArray): ProofVerdict = verifyProof(proof.direct(), keys.direct())

private fun ByteArray.direct(): ByteBuffer = ByteBuffer.allocateDirect(size).also {
    it.put(this)
    // As a Buffer: older Androids know no `flip` of ByteBuffer's own.
    (it as Buffer).flip()
}
