import AmbassadorCore
import ArgumentParser
import Foundation
import Testing

@testable import ambassador

/// The program as a whole: where its arguments come from, and how it ends.
@Suite struct ProgramTests {
    @Test("the arguments that the kernel gave are those of this process")
    func arguments() throws {
        #expect(CommandLine.arguments.count > 1)
        #expect(try ProgramArguments.read() == Array(CommandLine.arguments.dropFirst()))
        #expect(try ProgramArguments.withoutName(["ambassador"]).isEmpty)
    }

    @Test("a command line that is lost is wrong usage, never the default command", arguments: [[], [""]])
    func lost(_ texts: [String]) async {
        #expect(throws: InvalidValue.self) { try ProgramArguments.withoutName(texts) }
        let (output, errors) = (RecordedOutput(), RecordedOutput())
        let status = await AmbassadorCommand.status(to: output, errorsTo: errors) { () throws(InvalidValue) in
            try ProgramArguments.withoutName(texts)
        }
        #expect(status == 64)
        #expect(output.text.isEmpty)
        #expect(errors.text.hasPrefix("Error: there is no command line"))
    }

    @Test("help goes to standard output, wrong usage to standard error")
    func voices() async {
        let (output, errors) = (RecordedOutput(), RecordedOutput())
        #expect(await AmbassadorCommand.status(to: output, errorsTo: errors) { ["audit", "query", "--help"] } == 0)
        #expect(output.text.contains("EXAMPLES") && errors.text.isEmpty)
        #expect(await AmbassadorCommand.status(to: output, errorsTo: errors) { ["nonsense"] } == 64)
        #expect(errors.text.contains("nonsense"))
    }

    @Test(
        "an output that cannot be written is one line and status 1; a reader that has left is neither",
        arguments: [["--help"], ["--version"], ["keys", "--help"], ["--generate-completion-script", "bash"]]
    )
    func unwritten(_ arguments: [String]) async {
        let errors = RecordedOutput()
        let full = BrokenOutput(error: .failed(28))
        #expect(await AmbassadorCommand.status(to: full, errorsTo: errors) { arguments } == 1)
        #expect(errors.text == "error: the output cannot be written: No space left on device\n")
        let silence = RecordedOutput()
        let left = BrokenOutput(error: .closed)
        #expect(await AmbassadorCommand.status(to: left, errorsTo: silence) { arguments } == 0)
        #expect(silence.text.isEmpty)
    }

    @Test("a command's result that cannot be written ends in the same way")
    func unwrittenResult() async {
        let errors = RecordedOutput()
        let full = await #expect(throws: ExitCode.self) {
            try await reporting(to: errors) { throw OutputError.failed(28) }
        }
        #expect(full?.rawValue == 1)
        #expect(errors.text == "error: the output cannot be written: No space left on device\n")
        let silence = RecordedOutput()
        let left = await #expect(throws: ExitCode.self) {
            try await reporting(to: silence) { throw OutputError.closed }
        }
        #expect(left?.rawValue == 0)
        #expect(silence.text.isEmpty)
    }

    @Test("a full device is noticed by the write")
    func fullDevice() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        #expect(throws: OutputError.failed(ENOSPC)) { try Terminal(descriptor: descriptor).write("text") }
        #expect(throws: OutputError.failed(EBADF)) { try Terminal(descriptor: -1).write("text") }
    }
}
