// What most calls leave out, left out.

extension HuesCore {
    /// Opens the core that lives in the folder `home`, with the built-in transport. Without a `city` everything works but sending;
    /// without an `account` the one that was open last opens.
    ///
    /// Throws as `openCore` does.
    public static func open(home: String, vault: any KeyVault, city: CityAddress? = nil, account: String? = nil) async throws -> HuesCore {
        let config = CoreConfig(home: home, city: city, account: account)
        return try await openCore(config: config, vault: vault, transport: nil, log: nil)
    }
}

extension DraftInput {
    /// A draft's content with what is known so far.
    public init(
        _ text: String,
        category: String? = nil,
        place: Place? = nil,
        ward: String? = nil,
        placeWords: String? = nil,
        answers: KeyValuePairs<String, String> = [:],
        author: AuthorKind = .sealed
    ) {
        self.init(
            category: category, text: text, place: place, ward: ward, placeWords: placeWords,
            answers: answers.map { Answer(question: $0.key, value: $0.value) }, author: author)
    }
}

/// The same as `Category`, by a name that nobody else has: Foundation's Objective-C runtime has a `Category` too, and `HuesCore.Category` would be looked
/// up in the class of the module's name.
public typealias ReportCategory = Category
