package import AmbassadorCore
package import Logging
import NIOCore
import Synchronization

/// Keeps the keys in force those of a file, so that a key is made or revoked without a restart.
///
/// Every two seconds it asks whether the file is another one. A file that cannot be used, or is gone, changes nothing: the keys
/// that were read last stay in force, which is logged once and told by ``complaint``.
package final class APIKeyFileWatcher: Sendable {
    private struct State {
        /// Of the content that was read last; `nil` where the file could not be read, so that it is tried again each time.
        var mark: APIKeyFileMark?
        var error: APIKeyFileError?
    }

    private static let interval: Duration = .seconds(2)

    /// Judges by the keys in force.
    package let authenticator: APIKeyAuthenticator
    private let file: APIKeyFile
    private let clocks: Clocks
    private let sleeper: Sleeper
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the file for the first time; blocks for as long as that takes.
    ///
    /// - Throws: where the file cannot be used. An ambassador does not start without the keys that it shall judge by.
    package init(
        _ file: APIKeyFile,
        clocks: Clocks = .system,
        sleeper: Sleeper = .system,
        logger: Logger
    ) throws(APIKeyFileError) {
        let contents = try file.contents()
        self.authenticator = APIKeyAuthenticator(try file.list(in: contents.bytes))
        self.file = file
        self.clocks = clocks
        self.sleeper = sleeper
        self.logger = logger
        self.state = Mutex(State(mark: contents.mark))
    }

    /// What is wrong, for the readiness probe; `nil` while the keys in force are those of the file.
    ///
    /// Anybody may see it, so it says nothing of paths and names; the log does.
    package var complaint: String? {
        switch self.state.withLock({ $0.error }) {
        case nil: nil
        case .missing: "The file of API keys is gone; the keys read before stay in force"
        case .unusable, .refused: "The file of API keys cannot be used; the keys read before stay in force"
        }
    }

    /// Looks at the file until the task is cancelled; on no event loop, since the disk may be slow.
    @concurrent
    package func run() async {
        while true {
            do throws(CancellationError) {
                try await self.sleeper.sleep(until: self.clocks.now().advanced(by: Self.interval))
            } catch {
                return
            }
            self.look()
        }
    }

    /// Reads the file where it is not what was read last.
    func look() {
        let last = self.state.withLock { $0.mark }
        guard last == nil || APIKeyFileMark(path: self.file.path) != last else { return }
        var mark: APIKeyFileMark?
        do throws(APIKeyFileError) {
            let contents = try self.file.contents()
            mark = contents.mark
            self.authenticator.replace(with: try self.file.list(in: contents.bytes))
            self.note(mark, nil)
            self.logger.info("API keys read", metadata: ["keys": "\(self.authenticator.count)"])
        } catch {
            guard self.note(mark, error) else { return }
            self.logger.error(
                "the key file cannot be used; the keys read before stay in force",
                metadata: ["error": "\(error)"]
            )
        }
    }

    /// Keeps what a look found.
    ///
    /// - Returns: whether the error is another one than before.
    @discardableResult
    private func note(_ mark: APIKeyFileMark?, _ error: APIKeyFileError?) -> Bool {
        self.state.withLock { state in
            defer { state = State(mark: mark, error: error) }
            return state.error != error
        }
    }
}
