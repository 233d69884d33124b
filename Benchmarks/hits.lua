-- The same 1,000 questions over and over, about 100 bytes each; a second argument is the token that they are asked with.
local requests = {}
local next_request = 0

function init(arguments)
  local headers = { ["Content-Type"] = "application/json" }
  if arguments[2] then headers["Authorization"] = "Bearer " .. arguments[2] end
  for number = 1, 1000 do
    local body = string.format(
      '{"flow_id":"faq_qa","input":"Question %04d: how do I get a new password for my account in the shop?"}', number)
    requests[number] = wrk.format("POST", "/run-flow", headers, body)
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

dofile((debug.getinfo(1, "S").source:match("^@(.*)/") or ".") .. "/report.lua")
