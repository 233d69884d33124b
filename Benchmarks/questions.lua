-- Asks what is answered already. The arguments are NAME=VALUE:
--   keys=1000     how many different questions there are
--   draw=cycle    one after the other; or `uniform`; or `zipf`, the n-th as often as 1/n; or `assembled`: uniform, see below
--   token=...     the bearer token that is shown
--   call=flow     the ambassador's own call; or `chat`, the one of OpenAI's API
-- Requests are made and drawn before the run, so that it is not the load that is measured. Where there are too many of them for that,
-- `assembled` puts them together while it runs, from two ready parts and a number.
local DRAWS = 131072

local options = { keys = "1000", draw = "cycle", call = "flow" }
local calls = {
  flow = { path = "/run-flow", before = '{"flow_id":"faq_qa","input":"Question ',
    after = ': how do I get a new password for my account in the shop?"}' },
  chat = { path = "/chat/completions", before = '{"model":"faq_qa","messages":[{"role":"user","content":"Question ',
    after = ': how do I get a new password for my account in the shop?"}]}' },
}
local sequence = {}
local position = 0

-- Draws from 1 to `count`, the n-th with a weight of 1/n, by a binary search in the sums of the weights.
local function zipf(count)
  local sums, sum = {}, 0
  for number = 1, count do
    sum = sum + 1 / number
    sums[number] = sum
  end
  return function()
    local wanted, low, high = math.random() * sum, 1, count
    while low < high do
      local middle = math.floor((low + high) / 2)
      if sums[middle] < wanted then low = middle + 1 else high = middle end
    end
    return low
  end
end

function init(arguments)
  for _, argument in ipairs(arguments) do
    local name, value = argument:match("^(%l+)=(.*)$")
    options[name] = value
  end
  math.randomseed(1)
  local call, keys = calls[options.call], tonumber(options.keys)
  local headers = { ["Content-Type"] = "application/json" }
  if options.token then headers["Authorization"] = "Bearer " .. options.token end
  local function formatted(number)
    return wrk.format("POST", call.path, headers, call.before .. string.format("%07d", number) .. call.after)
  end
  if options.draw == "assembled" then
    local whole = formatted(0)
    local start, stop = whole:find("0000000", 1, true)
    local before, after = whole:sub(1, start - 1), whole:sub(stop + 1)
    request = function()
      return before .. string.format("%07d", math.random(keys)) .. after
    end
    return
  end
  local ready = {}
  for number = 1, keys do ready[number] = formatted(number) end
  local draws = { uniform = function() return math.random(keys) end, zipf = zipf(keys) }
  local draw = draws[options.draw]
  if not draw then
    sequence = ready
    return
  end
  for index = 1, DRAWS do sequence[index] = ready[draw()] end
end

function request()
  position = position % #sequence + 1
  return sequence[position]
end

-- Prints what the run measured as one line of JSON; times are microseconds.
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests":%d,"duration":%d,"failed":%d,"p50":%.1f,"p99":%.1f}\n',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
