-- Questions that nobody has asked before: the argument makes those of one run unlike those of any other.
local run = ""
local number = 0

function init(arguments)
  run = arguments[1]
end

function request()
  number = number + 1
  local body = string.format(
    '{"flow_id":"faq_qa","input":"Question %s %07d: how do I get a new password for my account?"}', run, number)
  return wrk.format("POST", "/run-flow", { ["Content-Type"] = "application/json" }, body)
end

dofile((debug.getinfo(1, "S").source:match("^@(.*)/") or ".") .. "/report.lua")
