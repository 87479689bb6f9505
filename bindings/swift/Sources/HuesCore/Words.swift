extension HueError {
    /// What a person reads when this error comes. `localizedDescription` is for developers.
    public func text(_ language: Language = .vi, form: TextForm = .long) -> String {
        words(for: .failure(error: self), language: language, form: form)
    }
}

/// The generated function, whose name the method above hides.
private func words(for item: TextItem, language: Language, form: TextForm) -> String {
    text(item: item, language: language, form: form)
}
