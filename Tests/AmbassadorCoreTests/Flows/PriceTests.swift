import AmbassadorCore
import Testing

@Suite("Price")
struct PriceTests {
    private func price(_ perCall: Int64, _ input: Int64, _ output: Int64) -> Price {
        var price = Price()
        price.nanosPerCall = perCall
        price.nanosPerThousandInputTokens = input
        price.nanosPerThousandOutputTokens = output
        return price
    }

    @Test("a call costs its own price and that of its tokens")
    func sum() {
        let price = self.price(2_000_000, 150_000, 600_000)
        #expect(price.nanos(for: Usage(inputTokens: 1_500, outputTokens: 10)) == 2_000_000 + 225_000 + 6_000)
        #expect(price.nanos(for: .unknown) == 2_000_000)
        #expect(price.nanos(for: Usage(inputTokens: -5, outputTokens: 0)) == 2_000_000)
    }

    @Test("more than can be counted is the most that can, whatever a flow says it used")
    func extremes() {
        let dear = self.price(1_000_000_000_000_000, 1_000_000_000_000_000, 1_000_000_000_000_000)
        #expect(dear.nanos(for: Usage(inputTokens: 9_000, outputTokens: nil)) == 10_000_000_000_000_000)
        #expect(dear.nanos(for: Usage(inputTokens: 9_300, outputTokens: 9_300)) == 19_600_000_000_000_000)
        for tokens in [1 << 53, .max] {
            #expect(dear.nanos(for: Usage(inputTokens: tokens, outputTokens: tokens)) == .max)
            #expect(self.price(0, 0, 0).nanos(for: Usage(inputTokens: tokens, outputTokens: tokens)) == 0)
        }
        #expect(self.price(0, 1_000, 0).nanos(for: Usage(inputTokens: .max, outputTokens: nil)) == .max)
        #expect(self.price(0, 1, 0).nanos(for: Usage(inputTokens: .max, outputTokens: nil)) == .max / 1_000)
    }
}
