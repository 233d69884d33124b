import AmbassadorCore
import NIOCore
import Testing

@Suite("Input hasher")
struct InputHasherTests {
    private static func run(_ members: String) throws -> RunInput {
        try RunInput.parseRunFlow(ByteBuffer(string: #"{"flow_id":"f",\#(members)}"#))
    }

    private static func hash(
        _ run: RunInput,
        normalization: Normalization = .exact,
        globalVariables: [GlobalVariable] = [],
        session: SessionID? = nil,
        form: Answer.Form? = .document
    ) -> InputHash {
        InputHasher.hash(
            run,
            normalization: normalization,
            globalVariables: globalVariables,
            session: session,
            form: form
        )
    }

    @Test("a stream has a hash of its own, unless the form does not count")
    func form() throws {
        let run = try Self.run(#""input":"hello""#)
        #expect(Self.hash(run, form: .records) != Self.hash(run))
        #expect(Self.hash(run, form: nil) == Self.hash(run))
    }

    @Test("the encoding does not change unseen: entries on disk are found by it")
    func isStable() throws {
        let small = Self.hash(try Self.run(#""input":"hello""#))
        #expect(small.description == "a00819e0a8b7865834ea5b8b3f711f19a46874609af03af65a53b3bfafa277f2")
        let full = Self.hash(
            try Self.run(
                #""input":"Hello ?","input_type":"any","output_type":"text","output_component":"C","tweaks":{"a":1}"#
            ),
            normalization: .text,
            globalVariables: [GlobalVariable(name: "B", value: "2"), GlobalVariable(name: "A", value: "1")],
            session: SessionID("s")
        )
        #expect(full.description == "7851ddc6da15d52d09f7628f691bcbd825cee83770996019105dd862bbbc2ed5")
    }

    @Test(
        "requests of one meaning have one hash",
        arguments: [
            (#""input":"é","tweaks":{"a":1,"b":[2]}"#, #""tweaks" : { "b":[ 2 ],"\u0061":1 }, "input":"\u00e9""#),
            (
                #""input":"x""#,
                #""input":"x","input_type":"chat","output_type":"chat","tweaks":{},"output_component":"""#
            ),
            (#""input":"x""#, #""input":"x","stream":true"#),
            (#""input":"x""#, #""input":"x","session_id":"s","tweaks":null"#),
            (#""input":"""#, #""input":null"#),
        ]
    )
    func isEqual(left: String, right: String) throws {
        #expect(Self.hash(try Self.run(left)) == Self.hash(try Self.run(right)))
    }

    @Test("both calls have one hash")
    func isEqualAcrossCalls() throws {
        let members = #""input_type":"text","tweaks":{"A":{"x":1.0}},"output_component":"C","session_id":"s""#
        let own = try Self.run(#""input":"q",\#(members)"#)
        let flow = try #require(FlowName("other"))
        let langFlow = try RunInput.parseLangFlowRun(
            ByteBuffer(string: #"{"input_value":"q",\#(members)}"#),
            flow: flow,
            wantsStream: false
        )
        #expect(Self.hash(own) == Self.hash(langFlow))
        #expect(Self.hash(own, session: own.session) == Self.hash(langFlow, session: langFlow.session))
        #expect(Self.hash(own, session: own.session) != Self.hash(langFlow))
    }

    @Test("the order of global variables does not matter, their pairing does")
    func sortsGlobalVariables() throws {
        let run = try Self.run(#""input":"x""#)
        let a = GlobalVariable(name: "A", value: "1")
        let b = GlobalVariable(name: "B", value: "2")
        #expect(Self.hash(run, globalVariables: [a, b]) == Self.hash(run, globalVariables: [b, a]))
        let swapped = [GlobalVariable(name: "A", value: "2"), GlobalVariable(name: "B", value: "1")]
        #expect(Self.hash(run, globalVariables: [a, b]) != Self.hash(run, globalVariables: swapped))
    }

    @Test("formatting of 2,000 generated requests does not change their hash")
    func ignoresFormatting() throws {
        var generator = JSONGenerator(seed: 4)
        for _ in 0..<2_000 {
            let body = JSONValue.object([
                JSONMember(name: JSONString("flow_id"), value: .string(JSONString("f"))),
                JSONMember(name: JSONString("input"), value: .string(generator.string())),
                JSONMember(name: JSONString("output_component"), value: .string(generator.string())),
                JSONMember(name: JSONString("tweaks"), value: .object(generator.members(depth: 2))),
            ])
            var canonical = ByteBuffer()
            JSONWriter.write(body, into: &canonical)
            let scrambled = ByteBuffer(string: generator.scrambled(body))
            #expect(Self.hash(try RunInput.parseRunFlow(canonical)) == Self.hash(try RunInput.parseRunFlow(scrambled)))
        }
    }

    @Test("requests that differ in what is hashed have different hashes")
    func isDifferentWhereItMatters() throws {
        // Every combination of values that invite confusion: absent, empty, names of other fields, moved boundaries.
        let texts = ["", "a", "ab", "b", "run", "chat", "text", "\0", "\u{E9}", "e\u{301}", "1", "1.0"]
        var hashes: Set<[UInt8]> = []
        var count = 0
        for input in texts {
            for component in texts.dropFirst() + ["none"] {
                for tweaks in [
                    "{}", #"{"a":"b"}"#, #"{"ab":""}"#, #"{"a":1}"#, #"{"a":1.0}"#, #"{"a":1e0}"#, #"{"a":{"b":1}}"#,
                    #"{"a":-0}"#,
                ] {
                    for session in [nil, "a", "ab", "b"] {
                        for variables in [[], [("a", "b")], [("ab", "")], [("", "ab")], [("a", ""), ("b", "")]] {
                            var text = ByteBuffer(string: #"{"flow_id":"f","input":"#)
                            JSONWriter.writeString(input, into: &text)
                            text.writeString(#","output_component":"#)
                            JSONWriter.writeString(component == "none" ? "" : component, into: &text)
                            text.writeString(",\"tweaks\":\(tweaks)}")
                            let hash = Self.hash(
                                try RunInput.parseRunFlow(text),
                                globalVariables: variables.map { GlobalVariable(name: $0.0, value: $0.1) },
                                session: session.flatMap { SessionID($0) }
                            )
                            hashes.insert(hash.bytes)
                            count += 1
                        }
                    }
                }
            }
        }
        #expect(count == 12 * 12 * 8 * 4 * 5)
        #expect(hashes.count == count)
    }

    @Test("changing any one part of 1,000 generated requests changes the hash")
    func isSensitiveToEachPart() throws {
        var generator = JSONGenerator(seed: 5)
        let flow = try #require(FlowName("f"))
        for index in 0..<1_000 {
            let parts: RunInput.Parts = (
                flow, ByteBuffer(bytes: generator.string().bytes), .chat, .chat, generator.string(),
                Tweaks(generator.members(depth: 2)),
                nil, false, nil
            )
            let original = Self.hash(RunInput(parts), session: SessionID("s"))
            var changed: [InputHash] = []
            func note(_ change: (inout RunInput.Parts) -> Void) {
                var parts = parts
                change(&parts)
                changed.append(Self.hash(RunInput(parts), session: SessionID("s")))
            }
            note { $0.input.writeString("x") }
            note { $0.inputType = index.isMultiple(of: 2) ? .text : .any }
            note { $0.outputType = index.isMultiple(of: 2) ? .text : .debug }
            note { $0.outputType = .any }
            note { $0.outputComponent = nil }
            note { $0.outputComponent = JSONString(bytes: ($0.outputComponent?.bytes ?? []) + [0x78]) }
            note { $0.tweaks = Tweaks([JSONMember(name: JSONString("only"), value: .number(JSONString("\(index)")))]) }
            let run = RunInput(parts)
            changed.append(Self.hash(run))
            changed.append(Self.hash(run, session: SessionID("t")))
            changed.append(Self.hash(run, normalization: .text, session: SessionID("s")))
            changed.append(
                Self.hash(run, globalVariables: [GlobalVariable(name: "A", value: "")], session: SessionID("s"))
            )
            #expect(Set(changed + [original]).count == 12)
        }
    }

    @Test("what is not keyed does not change the hash")
    func ignoresTheRest() throws {
        let flow = try #require(FlowName("f"))
        let other = try #require(FlowName("g"))
        let run = RunInput((flow, ByteBuffer(string: "x"), .chat, .chat, nil, nil, nil, false, nil))
        let session = SessionID("s")
        let changed = RunInput(
            (other, ByteBuffer(string: "x"), .chat, .chat, nil, nil, session, true, OpenAIMembers())
        )
        #expect(Self.hash(run) == Self.hash(changed))
    }

    @Test("under text, spellings of one question have one hash, and LangFlow still gets the caller's own")
    func normalizes() throws {
        let spelled = try Self.run(#""input":"  HOW do I\treset it ?! ""#)
        let plain = try Self.run(#""input":"how do i reset it""#)
        #expect(Self.hash(spelled, normalization: .text) == Self.hash(plain, normalization: .text))
        #expect(Self.hash(spelled) != Self.hash(plain))
        let session = try #require(SessionID("s")).scoped(to: .default)
        #expect(spelled.upstreamBody(session: session).text.contains(#""input_value":"  HOW do I\treset it ?! ""#))
    }
}
