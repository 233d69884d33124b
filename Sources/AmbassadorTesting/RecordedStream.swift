/// Streams that a LangFlow 1.13.0 answered, each as its records; it sent each record as one chunk.
package enum RecordedStream {
    /// A flow without a model: two messages and the end.
    package static let echo: [String] = [
        #"""
        {"event": "add_message", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 13:49:09.122519 \#
        UTC", "sender": "User", "sender_name": "User", "session_id": "00000000-0000-4000-8000-000000000001", "co\#
        ntext_id": "", "text": "hello", "files": [], "error": false, "edit": false, "properties": {"text_color":\#
         null, "background_color": null, "edited": false, "source": {"id": null, "display_name": null, "source":\#
         null}, "icon": null, "allow_markdown": false, "positive_feedback": null, "state": "complete", "targets"\#
        : [], "usage": null, "build_duration": null}, "category": "message", "content_blocks": [], "session_meta\#
        data": {"graph_run_id": "ca396829-d792-467e-bf1d-35b5d6a5eb33"}, "id": "e1ddc25b-f76c-45c1-ad1c-869761ea\#
        dba0", "flow_id": "00000000-0000-4000-8000-000000000001", "run_id": "ca396829-d792-467e-bf1d-35b5d6a5eb3\#
        3", "duration": null}, "default_value": "", "sender": "User", "sender_name": "User", "files": [], "sessi\#
        on_id": "00000000-0000-4000-8000-000000000001", "context_id": "", "run_id": "ca396829-d792-467e-bf1d-35b\#
        5d6a5eb33", "timestamp": "2026-11-22 13:49:09.122519 UTC", "flow_id": "00000000-0000-4000-8000-000000000\#
        001", "error": false, "edit": false, "properties": {"text_color": null, "background_color": null, "edite\#
        d": false, "source": {"id": null, "display_name": null, "source": null}, "icon": null, "allow_markdown":\#
         false, "positive_feedback": null, "state": "complete", "targets": [], "usage": null, "build_duration": \#
        null}, "category": "message", "content_blocks": [], "duration": null, "session_metadata": {"graph_run_id\#
        ": "ca396829-d792-467e-bf1d-35b5d6a5eb33"}, "text": "hello", "id": "e1ddc25b-f76c-45c1-ad1c-869761eadba0\#
        "}}
        """#,
        #"""
        {"event": "add_message", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 13:49:09.138032 \#
        UTC", "sender": "Machine", "sender_name": "AI", "session_id": "00000000-0000-4000-8000-000000000001", "c\#
        ontext_id": "", "text": "hello", "files": [], "error": false, "edit": false, "properties": {"text_color"\#
        : null, "background_color": null, "edited": false, "source": {"id": "ChatInput-echo", "display_name": "C\#
        hat Input", "source": "Chat Input"}, "icon": null, "allow_markdown": false, "positive_feedback": null, "\#
        state": "complete", "targets": [], "usage": null, "build_duration": null}, "category": "message", "conte\#
        nt_blocks": [], "session_metadata": {"graph_run_id": "ca396829-d792-467e-bf1d-35b5d6a5eb33"}, "id": "440\#
        f2637-eea4-405b-a618-761e9f34bf86", "flow_id": "00000000-0000-4000-8000-000000000001", "run_id": "ca3968\#
        29-d792-467e-bf1d-35b5d6a5eb33", "duration": null}, "default_value": "", "sender": "Machine", "sender_na\#
        me": "AI", "files": [], "session_id": "00000000-0000-4000-8000-000000000001", "context_id": "", "run_id"\#
        : "ca396829-d792-467e-bf1d-35b5d6a5eb33", "timestamp": "2026-11-22 13:49:09.138032 UTC", "flow_id": "000\#
        00000-0000-4000-8000-000000000001", "error": false, "edit": false, "properties": {"text_color": null, "b\#
        ackground_color": null, "edited": false, "source": {"id": "ChatInput-echo", "display_name": "Chat Input"\#
        , "source": "Chat Input"}, "icon": null, "allow_markdown": false, "positive_feedback": null, "state": "c\#
        omplete", "targets": [], "usage": null, "build_duration": null}, "category": "message", "content_blocks"\#
        : [], "duration": null, "session_metadata": {"graph_run_id": "ca396829-d792-467e-bf1d-35b5d6a5eb33"}, "t\#
        ext": "hello", "id": "440f2637-eea4-405b-a618-761e9f34bf86"}}
        """#,
        #"""
        {"event": "end", "data": {"result": {"session_id": "00000000-0000-4000-8000-000000000001", "outputs": [{\#
        "inputs": {"input_value": "hello"}, "outputs": [{"results": {"message": {"text_key": "text", "data": {"t\#
        imestamp": "2026-11-22 13:49:09.138032 UTC", "sender": "Machine", "sender_name": "AI", "session_id": "00\#
        000000-0000-4000-8000-000000000001", "context_id": "", "text": "hello", "files": [], "error": false, "ed\#
        it": false, "properties": {"text_color": null, "background_color": null, "edited": false, "source": {"id\#
        ": "ChatInput-echo", "display_name": "Chat Input", "source": "Chat Input"}, "icon": null, "allow_markdow\#
        n": false, "positive_feedback": null, "state": "complete", "targets": [], "usage": null, "build_duration\#
        ": null}, "category": "message", "content_blocks": [], "session_metadata": {"graph_run_id": "ca396829-d7\#
        92-467e-bf1d-35b5d6a5eb33"}, "id": "440f2637-eea4-405b-a618-761e9f34bf86", "flow_id": "00000000-0000-400\#
        0-8000-000000000001", "run_id": "ca396829-d792-467e-bf1d-35b5d6a5eb33", "duration": null}, "default_valu\#
        e": "", "sender": "Machine", "sender_name": "AI", "files": [], "session_id": "00000000-0000-4000-8000-00\#
        0000000001", "context_id": "", "run_id": "ca396829-d792-467e-bf1d-35b5d6a5eb33", "timestamp": "2026-11-2\#
        2 13:49:09.138032 UTC", "flow_id": "00000000-0000-4000-8000-000000000001", "error": false, "edit": false\#
        , "properties": {"text_color": null, "background_color": null, "edited": false, "source": {"id": "ChatIn\#
        put-echo", "display_name": "Chat Input", "source": "Chat Input"}, "icon": null, "allow_markdown": false,\#
         "positive_feedback": null, "state": "complete", "targets": [], "usage": null, "build_duration": null}, \#
        "category": "message", "content_blocks": [], "duration": null, "session_metadata": {"graph_run_id": "ca3\#
        96829-d792-467e-bf1d-35b5d6a5eb33"}, "text": "hello"}}, "artifacts": {"message": "hello", "sender": "Mac\#
        hine", "sender_name": "AI", "files": [], "type": "object"}, "outputs": {"message": {"message": "hello", \#
        "type": "text"}}, "logs": {"message": []}, "messages": [{"message": "hello", "sender": "Machine", "sende\#
        r_name": "AI", "session_id": "00000000-0000-4000-8000-000000000001", "stream_url": null, "component_id":\#
         "ChatOutput-echo", "files": [], "type": "text"}], "timedelta": null, "duration": null, "component_displ\#
        ay_name": "Chat Output", "component_id": "ChatOutput-echo", "used_frozen_result": false, "token_usage": \#
        null}]}]}}}
        """#,
    ].map { $0 + "\n\n" }

    /// A flow that fails: errors, and no end.
    package static let fails: [String] = [
        #"""
        {"event": "add_message", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 14:15:12.870567 \#
        UTC", "sender": "User", "sender_name": "User", "session_id": "00000000-0000-4000-8000-000000000003", "co\#
        ntext_id": "", "text": "boom", "files": [], "error": false, "edit": false, "properties": {"text_color": \#
        null, "background_color": null, "edited": false, "source": {"id": null, "display_name": null, "source": \#
        null}, "icon": null, "allow_markdown": false, "positive_feedback": null, "state": "complete", "targets":\#
         [], "usage": null, "build_duration": null}, "category": "message", "content_blocks": [], "session_metad\#
        ata": {"graph_run_id": "3c14e277-2b37-4c4b-81eb-1ef18ec83730"}, "id": "fa2132d9-f0d9-4980-a2ae-ff45493db\#
        924", "flow_id": "00000000-0000-4000-8000-000000000003", "run_id": "3c14e277-2b37-4c4b-81eb-1ef18ec83730\#
        ", "duration": null}, "default_value": "", "sender": "User", "sender_name": "User", "files": [], "sessio\#
        n_id": "00000000-0000-4000-8000-000000000003", "context_id": "", "run_id": "3c14e277-2b37-4c4b-81eb-1ef1\#
        8ec83730", "timestamp": "2026-11-22 14:15:12.870567 UTC", "flow_id": "00000000-0000-4000-8000-0000000000\#
        03", "error": false, "edit": false, "properties": {"text_color": null, "background_color": null, "edited\#
        ": false, "source": {"id": null, "display_name": null, "source": null}, "icon": null, "allow_markdown": \#
        false, "positive_feedback": null, "state": "complete", "targets": [], "usage": null, "build_duration": n\#
        ull}, "category": "message", "content_blocks": [], "duration": null, "session_metadata": {"graph_run_id"\#
        : "3c14e277-2b37-4c4b-81eb-1ef18ec83730"}, "text": "boom", "id": "fa2132d9-f0d9-4980-a2ae-ff45493db924"}\#
        }
        """#,
        #"""
        {"event": "error", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 14:15:12.885481 UTC", \#
        "sender": "Always Fails", "sender_name": "Always Fails", "session_id": "00000000-0000-4000-8000-00000000\#
        0003", "context_id": null, "text": "deliberate failure for input 'boom'\n", "files": [], "error": false,\#
         "edit": false, "properties": {"text_color": "red", "background_color": "red", "edited": false, "source"\#
        : {"id": "AlwaysFails-fail", "display_name": "Always Fails", "source": "Always Fails"}, "icon": "error",\#
         "allow_markdown": false, "positive_feedback": null, "state": "complete", "targets": [], "usage": null, \#
        "build_duration": null}, "category": "error", "content_blocks": [{"title": "Error", "contents": [{"type"\#
        : "error", "duration": null, "header": {}, "component": "Always Fails", "field": null, "reason": "**Valu\#
        eError**\n - **Details: deliberate failure for input 'boom'**\n", "solution": null, "code": null, "trace\#
        back": "Traceback (most recent call last):\n  File \"/venv/venv/lib/python3.11/site-packages/lfx/custom/\#
        custom_component/component.py\", line 1703, in build_results\n    return await self._build_with_tracing(\#
        )\n           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"/venv/venv/lib/python3.11/site-packages/lfx/cus\#
        tom/custom_component/component.py\", line 1380, in _build_with_tracing\n    results, artifacts = await s\#
        elf._build_results()\n                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"/venv/venv/lib/pyth\#
        on3.11/site-packages/lfx/custom/custom_component/component.py\", line 1731, in _build_results\n    resul\#
        t = await self._get_output_result(output)\n             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"\#
        /venv/venv/lib/python3.11/site-packages/lfx/custom/custom_component/component.py\", line 1825, in _get_o\#
        utput_result\n    result = await asyncio.to_thread(method)\n             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\#
        \n  File \"/python/lib/python3.11/asyncio/threads.py\", line 25, in to_thread\n    return await loop.run\#
        _in_executor(None, func_call)\n           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"/python/\#
        lib/python3.11/concurrent/futures/thread.py\", line 58, in run\n    result = self.fn(*self.args, **self.\#
        kwargs)\n             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"<string>\", line 64, in build_output\\#
        nValueError: deliberate failure for input 'boom'\n"}], "allow_markdown": true, "media_url": null}], "ses\#
        sion_metadata": {"graph_run_id": "3c14e277-2b37-4c4b-81eb-1ef18ec83730"}, "id": "c85a84b1-0ccc-4a2c-be70\#
        -fff7dd70c10e", "flow_id": "00000000-0000-4000-8000-000000000003", "run_id": "3c14e277-2b37-4c4b-81eb-1e\#
        f18ec83730", "duration": null}, "default_value": "", "sender": "Always Fails", "sender_name": "Always Fa\#
        ils", "files": [], "session_id": "00000000-0000-4000-8000-000000000003", "context_id": null, "run_id": "\#
        3c14e277-2b37-4c4b-81eb-1ef18ec83730", "timestamp": "2026-11-22 14:15:12.885481 UTC", "flow_id": "000000\#
        00-0000-4000-8000-000000000003", "error": false, "edit": false, "properties": {"text_color": "red", "bac\#
        kground_color": "red", "edited": false, "source": {"id": "AlwaysFails-fail", "display_name": "Always Fai\#
        ls", "source": "Always Fails"}, "icon": "error", "allow_markdown": false, "positive_feedback": null, "st\#
        ate": "complete", "targets": [], "usage": null, "build_duration": null}, "category": "error", "content_b\#
        locks": [{"title": "Error", "contents": [{"type": "error", "duration": null, "header": {}, "component": \#
        "Always Fails", "field": null, "reason": "**ValueError**\n - **Details: deliberate failure for input 'bo\#
        om'**\n", "solution": null, "code": null, "traceback": "Traceback (most recent call last):\n  File \"/ve\#
        nv/venv/lib/python3.11/site-packages/lfx/custom/custom_component/component.py\", line 1703, in build_res\#
        ults\n    return await self._build_with_tracing()\n           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \\#
        "/venv/venv/lib/python3.11/site-packages/lfx/custom/custom_component/component.py\", line 1380, in _buil\#
        d_with_tracing\n    results, artifacts = await self._build_results()\n                         ^^^^^^^^^\#
        ^^^^^^^^^^^^^^^^^^\n  File \"/venv/venv/lib/python3.11/site-packages/lfx/custom/custom_component/compone\#
        nt.py\", line 1731, in _build_results\n    result = await self._get_output_result(output)\n             \#
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"/venv/venv/lib/python3.11/site-packages/lfx/custom/custo\#
        m_component/component.py\", line 1825, in _get_output_result\n    result = await asyncio.to_thread(metho\#
        d)\n             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"/python/lib/python3.11/asyncio/threads.py\", \#
        line 25, in to_thread\n    return await loop.run_in_executor(None, func_call)\n           ^^^^^^^^^^^^^^\#
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  File \"/python/lib/python3.11/concurrent/futures/thread.py\", line 58, \#
        in run\n    result = self.fn(*self.args, **self.kwargs)\n             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\#
        \n  File \"<string>\", line 64, in build_output\nValueError: deliberate failure for input 'boom'\n"}], "\#
        allow_markdown": true, "media_url": null}], "duration": null, "session_metadata": {"graph_run_id": "3c14\#
        e277-2b37-4c4b-81eb-1ef18ec83730"}, "text": "deliberate failure for input 'boom'\n", "id": "c85a84b1-0cc\#
        c-4a2c-be70-fff7dd70c10e"}}
        """#,
        #"""
        {"event": "error", "data": {"error": "500: {\"message\":\"Error running graph: Error building Component \#
        Always Fails: \\n\\ndeliberate failure for input 'boom'\",\"traceback\":null,\"description\":null,\"code\#
        \":null,\"suggestion\":null}"}}
        """#,
    ].map { $0 + "\n\n" }

    /// A flow with a model, which comes token by token.
    package static let llm: [String] = [
        #"""
        {"event": "add_message", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 14:22:10.536962 \#
        UTC", "sender": "User", "sender_name": "User", "session_id": "00000000-0000-4000-8000-000000000002", "co\#
        ntext_id": "", "text": "How do I reset my password?", "files": [], "error": false, "edit": false, "prope\#
        rties": {"text_color": null, "background_color": null, "edited": false, "source": {"id": null, "display_\#
        name": null, "source": null}, "icon": null, "allow_markdown": false, "positive_feedback": null, "state":\#
         "complete", "targets": [], "usage": null, "build_duration": null}, "category": "message", "content_bloc\#
        ks": [], "session_metadata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c"}, "id": "a1175afd-1\#
        f43-41e4-8c3f-2688a91015b7", "flow_id": "00000000-0000-4000-8000-000000000002", "run_id": "4b62de35-1e14\#
        -4436-bb2f-432ecec0696c", "duration": null}, "default_value": "", "sender": "User", "sender_name": "User\#
        ", "files": [], "session_id": "00000000-0000-4000-8000-000000000002", "context_id": "", "run_id": "4b62d\#
        e35-1e14-4436-bb2f-432ecec0696c", "timestamp": "2026-11-22 14:22:10.536962 UTC", "flow_id": "00000000-00\#
        00-4000-8000-000000000002", "error": false, "edit": false, "properties": {"text_color": null, "backgroun\#
        d_color": null, "edited": false, "source": {"id": null, "display_name": null, "source": null}, "icon": n\#
        ull, "allow_markdown": false, "positive_feedback": null, "state": "complete", "targets": [], "usage": nu\#
        ll, "build_duration": null}, "category": "message", "content_blocks": [], "duration": null, "session_met\#
        adata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c"}, "text": "How do I reset my password?",\#
         "id": "a1175afd-1f43-41e4-8c3f-2688a91015b7"}}
        """#,
        #"""
        {"event": "add_message", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 14:22:10.679150 \#
        UTC", "sender": "Machine", "sender_name": "AI", "session_id": "00000000-0000-4000-8000-000000000002", "c\#
        ontext_id": "", "text": "", "files": [], "error": false, "edit": false, "properties": {"text_color": nul\#
        l, "background_color": null, "edited": false, "source": {"id": "OpenAIModel-llm", "display_name": "OpenA\#
        I", "source": "fake-1"}, "icon": "OpenAI", "allow_markdown": false, "positive_feedback": null, "state": \#
        "partial", "targets": [], "usage": null, "build_duration": null}, "category": "message", "content_blocks\#
        ": [], "session_metadata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c"}, "id": "f84b6f61-f97\#
        9-441d-8d1a-c34628e54be2", "flow_id": "00000000-0000-4000-8000-000000000002", "run_id": "4b62de35-1e14-4\#
        436-bb2f-432ecec0696c", "duration": null}, "default_value": "", "sender": "Machine", "sender_name": "AI"\#
        , "files": [], "session_id": "00000000-0000-4000-8000-000000000002", "context_id": "", "run_id": "4b62de\#
        35-1e14-4436-bb2f-432ecec0696c", "timestamp": "2026-11-22 14:22:10.679150 UTC", "flow_id": "00000000-000\#
        0-4000-8000-000000000002", "error": false, "edit": false, "properties": {"text_color": null, "background\#
        _color": null, "edited": false, "source": {"id": "OpenAIModel-llm", "display_name": "OpenAI", "source": \#
        "fake-1"}, "icon": "OpenAI", "allow_markdown": false, "positive_feedback": null, "state": "partial", "ta\#
        rgets": [], "usage": null, "build_duration": null}, "category": "message", "content_blocks": [], "durati\#
        on": null, "session_metadata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c"}, "text": "", "id\#
        ": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "FAKE-ANSWER ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "to ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "[You ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "are ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "a ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "helpful ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "assistant.\n", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "Question: ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "How ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "do ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "I ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "reset ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "my ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "password?\n", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "Answer:] ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "in ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "five ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "small ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "token ", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "pieces.", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "token", "data": {"chunk": "", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "add_message", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 14:22:10.679150 \#
        UTC", "sender": "Machine", "sender_name": "AI", "session_id": "00000000-0000-4000-8000-000000000002", "c\#
        ontext_id": "", "text": "FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my passw\#
        ord?\nAnswer:] in five small token pieces.", "files": [], "error": false, "edit": false, "properties": {\#
        "text_color": null, "background_color": null, "edited": false, "source": {"id": "OpenAIModel-llm", "disp\#
        lay_name": "OpenAI", "source": "fake-1"}, "icon": "OpenAI", "allow_markdown": false, "positive_feedback"\#
        : null, "state": "complete", "targets": [], "usage": {"input_tokens": 17, "output_tokens": 20, "total_to\#
        kens": 37}, "build_duration": null}, "category": "message", "content_blocks": [], "session_metadata": {"\#
        graph_run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c"}, "id": "f84b6f61-f979-441d-8d1a-c34628e54be2", "f\#
        low_id": "00000000-0000-4000-8000-000000000002", "run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c", "dura\#
        tion": null}, "default_value": "", "sender": "Machine", "sender_name": "AI", "files": [], "session_id": \#
        "00000000-0000-4000-8000-000000000002", "context_id": "", "run_id": "4b62de35-1e14-4436-bb2f-432ecec0696\#
        c", "timestamp": "2026-11-22 14:22:10.679150 UTC", "flow_id": "00000000-0000-4000-8000-000000000002", "e\#
        rror": false, "edit": false, "properties": {"text_color": null, "background_color": null, "edited": fals\#
        e, "source": {"id": "OpenAIModel-llm", "display_name": "OpenAI", "source": "fake-1"}, "icon": "OpenAI", \#
        "allow_markdown": false, "positive_feedback": null, "state": "complete", "targets": [], "usage": {"input\#
        _tokens": 17, "output_tokens": 20, "total_tokens": 37}, "build_duration": null}, "category": "message", \#
        "content_blocks": [], "duration": null, "session_metadata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-43\#
        2ecec0696c"}, "text": "FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my passwor\#
        d?\nAnswer:] in five small token pieces.", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "add_message", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 14:22:10.679150 \#
        UTC", "sender": "Machine", "sender_name": "AI", "session_id": "00000000-0000-4000-8000-000000000002", "c\#
        ontext_id": "", "text": "FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my passw\#
        ord?\nAnswer:] in five small token pieces.", "files": [], "error": false, "edit": false, "properties": {\#
        "text_color": null, "background_color": null, "edited": false, "source": {"id": "OpenAIModel-llm", "disp\#
        lay_name": "OpenAI", "source": "fake-1"}, "icon": "OpenAI", "allow_markdown": false, "positive_feedback"\#
        : null, "state": "complete", "targets": [], "usage": {"input_tokens": 17, "output_tokens": 20, "total_to\#
        kens": 37}, "build_duration": null}, "category": "message", "content_blocks": [], "session_metadata": {"\#
        graph_run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c"}, "id": "f84b6f61-f979-441d-8d1a-c34628e54be2", "f\#
        low_id": "00000000-0000-4000-8000-000000000002", "run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c", "dura\#
        tion": null}, "default_value": "", "sender": "Machine", "sender_name": "AI", "files": [], "session_id": \#
        "00000000-0000-4000-8000-000000000002", "context_id": "", "run_id": "4b62de35-1e14-4436-bb2f-432ecec0696\#
        c", "timestamp": "2026-11-22 14:22:10.679150 UTC", "flow_id": "00000000-0000-4000-8000-000000000002", "e\#
        rror": false, "edit": false, "properties": {"text_color": null, "background_color": null, "edited": fals\#
        e, "source": {"id": "OpenAIModel-llm", "display_name": "OpenAI", "source": "fake-1"}, "icon": "OpenAI", \#
        "allow_markdown": false, "positive_feedback": null, "state": "complete", "targets": [], "usage": {"input\#
        _tokens": 17, "output_tokens": 20, "total_tokens": 37}, "build_duration": null}, "category": "message", \#
        "content_blocks": [], "duration": null, "session_metadata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-43\#
        2ecec0696c"}, "text": "FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my passwor\#
        d?\nAnswer:] in five small token pieces.", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "add_message", "data": {"text_key": "text", "data": {"timestamp": "2026-11-22 14:22:10.679150 \#
        UTC", "sender": "Machine", "sender_name": "AI", "session_id": "00000000-0000-4000-8000-000000000002", "c\#
        ontext_id": "", "text": "FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my passw\#
        ord?\nAnswer:] in five small token pieces.", "files": [], "error": false, "edit": false, "properties": {\#
        "text_color": null, "background_color": null, "edited": false, "source": {"id": "OpenAIModel-llm", "disp\#
        lay_name": "OpenAI", "source": "fake-1"}, "icon": "OpenAI", "allow_markdown": false, "positive_feedback"\#
        : null, "state": "complete", "targets": [], "usage": {"input_tokens": 17, "output_tokens": 20, "total_to\#
        kens": 37}, "build_duration": null}, "category": "message", "content_blocks": [], "session_metadata": {"\#
        graph_run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c"}, "id": "f84b6f61-f979-441d-8d1a-c34628e54be2", "f\#
        low_id": "00000000-0000-4000-8000-000000000002", "run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c", "dura\#
        tion": null}, "default_value": "", "sender": "Machine", "sender_name": "AI", "files": [], "session_id": \#
        "00000000-0000-4000-8000-000000000002", "context_id": "", "run_id": "4b62de35-1e14-4436-bb2f-432ecec0696\#
        c", "timestamp": "2026-11-22 14:22:10.679150 UTC", "flow_id": "00000000-0000-4000-8000-000000000002", "e\#
        rror": false, "edit": false, "properties": {"text_color": null, "background_color": null, "edited": fals\#
        e, "source": {"id": "OpenAIModel-llm", "display_name": "OpenAI", "source": "fake-1"}, "icon": "OpenAI", \#
        "allow_markdown": false, "positive_feedback": null, "state": "complete", "targets": [], "usage": {"input\#
        _tokens": 17, "output_tokens": 20, "total_tokens": 37}, "build_duration": null}, "category": "message", \#
        "content_blocks": [], "duration": null, "session_metadata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-43\#
        2ecec0696c"}, "text": "FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my passwor\#
        d?\nAnswer:] in five small token pieces.", "id": "f84b6f61-f979-441d-8d1a-c34628e54be2"}}
        """#,
        #"""
        {"event": "end", "data": {"result": {"session_id": "00000000-0000-4000-8000-000000000002", "outputs": [{\#
        "inputs": {"input_value": "How do I reset my password?"}, "outputs": [{"results": {"message": {"text_key\#
        ": "text", "data": {"timestamp": "2026-11-22 14:22:10.679150 UTC", "sender": "Machine", "sender_name": "\#
        AI", "session_id": "00000000-0000-4000-8000-000000000002", "context_id": "", "text": "FAKE-ANSWER to [Yo\#
        u are a helpful assistant.\nQuestion: How do I reset my password?\nAnswer:] in five small token pieces."\#
        , "files": [], "error": false, "edit": false, "properties": {"text_color": null, "background_color": nul\#
        l, "edited": false, "source": {"id": "OpenAIModel-llm", "display_name": "OpenAI", "source": "fake-1"}, "\#
        icon": "OpenAI", "allow_markdown": false, "positive_feedback": null, "state": "complete", "targets": [],\#
         "usage": {"input_tokens": 17, "output_tokens": 20, "total_tokens": 37}, "build_duration": null}, "categ\#
        ory": "message", "content_blocks": [], "session_metadata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-432\#
        ecec0696c"}, "id": "f84b6f61-f979-441d-8d1a-c34628e54be2", "flow_id": "00000000-0000-4000-8000-000000000\#
        002", "run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c", "duration": null}, "default_value": "", "sender"\#
        : "Machine", "sender_name": "AI", "files": [], "session_id": "00000000-0000-4000-8000-000000000002", "co\#
        ntext_id": "", "run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c", "timestamp": "2026-11-22 14:22:10.67915\#
        0 UTC", "flow_id": "00000000-0000-4000-8000-000000000002", "error": false, "edit": false, "properties": \#
        {"text_color": null, "background_color": null, "edited": false, "source": {"id": "OpenAIModel-llm", "dis\#
        play_name": "OpenAI", "source": "fake-1"}, "icon": "OpenAI", "allow_markdown": false, "positive_feedback\#
        ": null, "state": "complete", "targets": [], "usage": {"input_tokens": 17, "output_tokens": 20, "total_t\#
        okens": 37}, "build_duration": null}, "category": "message", "content_blocks": [], "duration": null, "se\#
        ssion_metadata": {"graph_run_id": "4b62de35-1e14-4436-bb2f-432ecec0696c"}, "text": "FAKE-ANSWER to [You \#
        are a helpful assistant.\nQuestion: How do I reset my password?\nAnswer:] in five small token pieces."}}\#
        , "artifacts": {"message": "FAKE-ANSWER to [You are a helpful assistant.\n\nQuestion: How do I reset my \#
        password?\n\nAnswer:] in five small token pieces.", "sender": "Machine", "sender_name": "AI", "files": [\#
        ], "type": "object"}, "outputs": {"message": {"message": "FAKE-ANSWER to [You are a helpful assistant.\n\#
        Question: How do I reset my password?\nAnswer:] in five small token pieces.", "type": "text"}}, "logs": \#
        {"message": []}, "messages": [{"message": "FAKE-ANSWER to [You are a helpful assistant.\n\nQuestion: How\#
         do I reset my password?\n\nAnswer:] in five small token pieces.", "sender": "Machine", "sender_name": "\#
        AI", "session_id": "00000000-0000-4000-8000-000000000002", "stream_url": null, "component_id": "ChatOutp\#
        ut-llm", "files": [], "type": "text"}], "timedelta": null, "duration": null, "component_display_name": "\#
        Chat Output", "component_id": "ChatOutput-llm", "used_frozen_result": false, "token_usage": null}]}]}}}
        """#,
    ].map { $0 + "\n\n" }
}
