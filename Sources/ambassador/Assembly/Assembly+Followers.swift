import AmbassadorCore
import AmbassadorHTTP
import AmbassadorRedis
import AmbassadorSQLite
import Logging
import ServiceLifecycle

extension Assembly {
    /// What keeps this replica's caches in step with the other replicas and with LangFlow's flows.
    static func followers(
        _ ambassador: Ambassador,
        _ feed: RedisReplicaFeed?,
        _ source: HTTPFlowSource,
        _ names: FlowNameWatcher,
        _ database: SQLiteDatabase,
        _ logger: Logger
    ) -> [any Service] {
        var services: [any Service] = []
        if let feed {
            let follower = ReplicaFollower(ambassador, feed: feed, notes: database.notes)
            services.append(Running { await cancelWhenGracefulShutdown { await follower.run() } })
        }
        let watchers = VersionWatcher.all(
            ambassador.listedFlows,
            source: source,
            names: names,
            notes: database.notes,
            logger: logger
        )
        if names.isNeeded {
            services.append(Running { await cancelWhenGracefulShutdown { await names.run() } })
        }
        for watcher in watchers {
            services.append(Running { await cancelWhenGracefulShutdown { await watcher.run() } })
        }
        return services
    }
}
