/// What of a request makes its key.
extension Ambassador {
    static func hash(
        of input: RunInput,
        _ flow: Flow,
        _ variables: [GlobalVariable],
        isEarlier: Bool = false
    ) -> InputHash {
        InputHasher.hash(
            input,
            normalization: flow.settings.normalize,
            globalVariables: variables,
            session: flow.settings.session == .key ? input.session : nil,
            form: flow.settings.reusesStreams ? nil : input.form,
            isEarlier: isEarlier
        )
    }

    /// What an operator has decided about a question while the form was another one in which `text` is hashed.
    ///
    /// What was forbidden stays so, in every spelling that was one then. A pin holds where the question has one form in both: of a
    /// question that has two, the pin does not say which one it is for.
    func earlierMark(
        of input: RunInput,
        _ flow: Flow,
        _ scope: CacheScope,
        _ variables: [GlobalVariable]
    ) -> CurationMark? {
        guard self.parts.curation.hasEarlier, flow.settings.normalize == .text else { return nil }
        let hash = Self.hash(of: input, flow, variables, isEarlier: true)
        guard let mark = self.parts.curation.mark(for: CacheKey(scope: scope, input: hash)) else { return nil }
        if case .tombstone = mark.kind { return mark }
        let hasOneForm = TextNormalization.coarse(input.input) == TextNormalization.canonical(input.input, .text)
        return hasOneForm ? mark : nil
    }
}
