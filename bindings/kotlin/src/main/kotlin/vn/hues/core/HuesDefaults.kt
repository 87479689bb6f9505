package vn.hues.core

// What most calls leave out, left out.

/**
 * Opens the core that lives in the folder [home], with the built-in transport. Without a [city] everything works but sending.
 *
 * Fails as [openCore] does.
 */
suspend fun HuesCore.Companion.open(home: String, vault: KeyVault, city: CityAddress? = null): HuesCore =
    openCore(CoreConfig(home, city, null), vault, null, null)

/** A draft's content with what is known so far. */
fun DraftInput.Companion.of(
    text: String,
    category: String? = null,
    place: Place? = null,
    ward: String? = null,
    placeWords: String? = null,
    answers: Map<String, String> = emptyMap(),
    author: AuthorKind = AuthorKind.NAMED,
) = DraftInput(category, text, place, ward, placeWords, answers.map { (question, value) -> Answer(question, value) }, author)
