-- The same 1,000 questions over and over, about 100 bytes each.
local requests = {}
local next_request = 0

function init()
  for number = 1, 1000 do
    local body = string.format(
      '{"flow_id":"faq_qa","input":"Question %04d: how do I get a new password for my account in the shop?"}', number)
    requests[number] = wrk.format("POST", "/run-flow", { ["Content-Type"] = "application/json" }, body)
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

dofile((debug.getinfo(1, "S").source:match("^@(.*)/") or ".") .. "/report.lua")
