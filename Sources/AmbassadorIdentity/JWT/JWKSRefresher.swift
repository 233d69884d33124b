package import AmbassadorCore
import NIOCore

/// Keeps the keys of issuers fresh: published sets at their interval, files every few seconds.
package struct JWKSRefresher: Sendable {
    private let authenticator: JWTAuthenticator
    private let clocks: Clocks
    private let sleeper: Sleeper

    package init(_ authenticator: JWTAuthenticator, clocks: Clocks = .system, sleeper: Sleeper = .system) {
        self.authenticator = authenticator
        self.clocks = clocks
        self.sleeper = sleeper
    }

    /// Reads all keys at once and then from time to time, until its task is cancelled.
    package func run() async {
        let keys = self.authenticator.refreshableKeys
        guard !keys.isEmpty else {
            // A service that returns would end the others. The only error is the cancellation that is waited for.
            try? await self.sleeper.sleep(until: .distantFuture)
            return
        }
        await withTaskGroup(of: Void.self) { group in
            for keys in keys {
                group.addTask { await self.keepFresh(keys) }
            }
        }
    }

    private func keepFresh(_ keys: IssuerKeys) async {
        guard let interval = keys.source?.interval else { return }
        var retry = IssuerKeys.retryIntervals.lowerBound
        while !Task.isCancelled {
            let isNewest = await keys.refresh()
            let pause = isNewest ? interval : min(interval, retry)
            retry =
                isNewest
                ? IssuerKeys.retryIntervals.lowerBound : min(retry * 2, IssuerKeys.retryIntervals.upperBound)
            do throws(CancellationError) {
                try await self.sleeper.sleep(until: self.clocks.now().advanced(by: pause))
            } catch {
                return
            }
        }
    }
}
