import AmbassadorCore
import ArgumentParser

/// What a new key may do.
struct KeyGrantOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The flows it may use, with commas between them; * stands for anything.", valueName: "flows")
    )
    var flows: FlowPatternList?

    @Option(
        name: .long,
        help: ArgumentHelp("What it may do to them, with commas; run if left out.", valueName: "actions")
    )
    var actions: FlowActionList?

    @Option(
        name: .long,
        help: ArgumentHelp("A permission as the file has it, such as admin:read or run:faq_*; may be repeated."),
        transform: { try Permissions.Grant($0) }
    )
    var permission: [Permissions.Grant] = []

    init() {}

    /// Each action on each flow, then the single permissions, each once.
    ///
    /// - Throws: where nothing is granted; a key that may do everything must be asked for.
    func permissions() throws(ValidationError) -> Permissions {
        var grants: [Permissions.Grant] = []
        if self.flows != nil || self.actions != nil {
            for action in self.actions?.actions ?? [.run] {
                for flow in self.flows?.patterns ?? [.any] { grants.append(Permissions.Grant(action, on: flow)) }
            }
        }
        grants += self.permission
        guard !grants.isEmpty else {
            throw ValidationError("Say what the key may do: --flows, --actions or --permission.")
        }
        var seen: Set<Permissions.Grant> = []
        return Permissions(grants.filter { seen.insert($0).inserted })
    }
}

/// Patterns of flows as the command line names them: `faq_*,summary`.
struct FlowPatternList: ExpressibleByArgument {
    let patterns: [FlowPattern]

    init?(argument: String) {
        var patterns: [FlowPattern] = []
        for text in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let pattern = FlowPattern(String(text)) else { return nil }
            patterns.append(pattern)
        }
        self.patterns = patterns
    }
}

/// Actions on flows as the command line names them: `run,refresh`.
struct FlowActionList: ExpressibleByArgument {
    let actions: [Action]

    init?(argument: String) {
        var actions: [Action] = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let action = Action(rawValue: String(name)), action.isOnFlow else { return nil }
            actions.append(action)
        }
        self.actions = actions
    }

    static var allValueStrings: [String] { Action.allCases.filter(\.isOnFlow).map(\.rawValue) }
}
