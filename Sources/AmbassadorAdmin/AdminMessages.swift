import Hummingbird

// The core has a request and a response too; those of the admin plane are Hummingbird's.
typealias AdminRequest = Request
typealias AdminResponse = Response
