extension Recorded {
    static let emoji = Answer(
        name: "emoji",
        session: "00000000-0000-4000-8000-000000000001",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000001","outputs":[{"inputs":{"input_value":"👍🏽 line1\nline\#
            2\t\"q\" <b>x</b> **md**"},"outputs":[{"results":{"message":{"text_key":"text","data":{"timestamp":"2026\#
            -11-22 14:15:23.492202 UTC","sender":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-\#
            000000000001","context_id":"","text":"👍🏽 line1\nline2\t\"q\" <b>x</b> **md**","files":[],"error":false,"\#
            edit":false,"properties":{"text_color":null,"background_color":null,"edited":false,"source":{"id":"ChatI\#
            nput-echo","display_name":"Chat Input","source":"Chat Input"},"icon":null,"allow_markdown":false,"positi\#
            ve_feedback":null,"state":"complete","targets":[],"usage":null,"build_duration":null},"category":"messag\#
            e","content_blocks":[],"session_metadata":{"graph_run_id":"349b55b4-008c-49db-8cb5-e5d2e2226b1f"},"id":"\#
            c4ae3406-1733-4410-b199-88be74217c95","flow_id":"00000000-0000-4000-8000-000000000001","run_id":"349b55b\#
            4-008c-49db-8cb5-e5d2e2226b1f","duration":null},"default_value":"","sender":"Machine","sender_name":"AI"\#
            ,"files":[],"session_id":"00000000-0000-4000-8000-000000000001","context_id":"","run_id":"349b55b4-008c-\#
            49db-8cb5-e5d2e2226b1f","timestamp":"2026-11-22 14:15:23.492202 UTC","flow_id":"00000000-0000-4000-8000-\#
            000000000001","error":false,"edit":false,"properties":{"text_color":null,"background_color":null,"edited\#
            ":false,"source":{"id":"ChatInput-echo","display_name":"Chat Input","source":"Chat Input"},"icon":null,"\#
            allow_markdown":false,"positive_feedback":null,"state":"complete","targets":[],"usage":null,"build_durat\#
            ion":null},"category":"message","content_blocks":[],"duration":null,"session_metadata":{"graph_run_id":"\#
            349b55b4-008c-49db-8cb5-e5d2e2226b1f"},"text":"👍🏽 line1\nline2\t\"q\" <b>x</b> **md**"}},"artifacts":{"m\#
            essage":"👍🏽 line1\n\nline2\t\"q\" <b>x</b> **md**","sender":"Machine","sender_name":"AI","files":[],"typ\#
            e":"object"},"outputs":{"message":{"message":"👍🏽 line1\nline2\t\"q\" <b>x</b> **md**","type":"text"}},"l\#
            ogs":{"message":[]},"messages":[{"message":"👍🏽 line1\n\nline2\t\"q\" <b>x</b> **md**","sender":"Machine"\#
            ,"sender_name":"AI","session_id":"00000000-0000-4000-8000-000000000001","stream_url":null,"component_id"\#
            :"ChatOutput-echo","files":[],"type":"text"}],"timedelta":null,"duration":null,"component_display_name":\#
            "Chat Output","component_id":"ChatOutput-echo","used_frozen_result":false,"token_usage":null}]}]}
            """#
    )

    static let emptyString = Answer(
        name: "emptyString",
        session: "00000000-0000-4000-8000-000000000001",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000001","outputs":[{"inputs":{"input_value":""},"outputs":[\#
            {"results":{"message":{"text_key":"text","data":{"timestamp":"2026-11-22 13:48:39.853513 UTC","sender":"\#
            Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-000000000001","context_id":"","text":"\#
            ","files":[],"error":false,"edit":false,"properties":{"text_color":null,"background_color":null,"edited"\#
            :false,"source":{"id":"ChatInput-echo","display_name":"Chat Input","source":"Chat Input"},"icon":null,"a\#
            llow_markdown":false,"positive_feedback":null,"state":"complete","targets":[],"usage":null,"build_durati\#
            on":null},"category":"message","content_blocks":[],"session_metadata":{"graph_run_id":"2a7108af-9e78-414\#
            f-9a09-009dab80643c"},"id":"00f6f6ad-7cf5-4019-a8d0-ca9dbb04ada2","flow_id":"00000000-0000-4000-8000-000\#
            000000001","run_id":"2a7108af-9e78-414f-9a09-009dab80643c","duration":null},"default_value":"","sender":\#
            "Machine","sender_name":"AI","files":[],"session_id":"00000000-0000-4000-8000-000000000001","context_id"\#
            :"","run_id":"2a7108af-9e78-414f-9a09-009dab80643c","timestamp":"2026-11-22 13:48:39.853513 UTC","flow_i\#
            d":"00000000-0000-4000-8000-000000000001","error":false,"edit":false,"properties":{"text_color":null,"ba\#
            ckground_color":null,"edited":false,"source":{"id":"ChatInput-echo","display_name":"Chat Input","source"\#
            :"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complete","targets":\#
            [],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"duration":null,"session\#
            _metadata":{"graph_run_id":"2a7108af-9e78-414f-9a09-009dab80643c"},"text":""}},"artifacts":{"message":""\#
            ,"sender":"Machine","sender_name":"AI","files":[],"type":"object"},"outputs":{"message":{"message":"","t\#
            ype":"text"}},"logs":{"message":[]},"messages":[],"timedelta":null,"duration":null,"component_display_na\#
            me":"Chat Output","component_id":"ChatOutput-echo","used_frozen_result":false,"token_usage":null}]}]}
            """#
    )

    static let outputComponentUnknown = Answer(
        name: "outputComponentUnknown",
        session: "00000000-0000-4000-8000-000000000007",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000007","outputs":[{"inputs":{"input_value":"hello"},"outpu\#
            ts":[]}]}
            """#
    )

    static let session = Answer(
        name: "session",
        session: "sess-42",
        body: #"""
            {"session_id":"sess-42","outputs":[{"inputs":{"input_value":"hello"},"outputs":[{"results":{"message":{"\#
            text_key":"text","data":{"timestamp":"2026-11-22 13:52:39.803080 UTC","sender":"Machine","sender_name":"\#
            AI","session_id":"sess-42","context_id":"","text":"hello","files":[],"error":false,"edit":false,"propert\#
            ies":{"text_color":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-echo","display_\#
            name":"Chat Input","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"s\#
            tate":"complete","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":\#
            [],"session_metadata":{"graph_run_id":"f8c7406f-43f9-4fc9-b573-caf86e88b9d0"},"id":"e441e975-4c95-41de-9\#
            d1e-60effec28382","flow_id":"00000000-0000-4000-8000-000000000001","run_id":"f8c7406f-43f9-4fc9-b573-caf\#
            86e88b9d0","duration":null},"default_value":"","sender":"Machine","sender_name":"AI","files":[],"session\#
            _id":"sess-42","context_id":"","run_id":"f8c7406f-43f9-4fc9-b573-caf86e88b9d0","timestamp":"2026-11-22 1\#
            3:52:39.803080 UTC","flow_id":"00000000-0000-4000-8000-000000000001","error":false,"edit":false,"propert\#
            ies":{"text_color":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-echo","display_\#
            name":"Chat Input","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"s\#
            tate":"complete","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":\#
            [],"duration":null,"session_metadata":{"graph_run_id":"f8c7406f-43f9-4fc9-b573-caf86e88b9d0"},"text":"he\#
            llo"}},"artifacts":{"message":"hello","sender":"Machine","sender_name":"AI","files":[],"type":"object"},\#
            "outputs":{"message":{"message":"hello","type":"text"}},"logs":{"message":[]},"messages":[{"message":"he\#
            llo","sender":"Machine","sender_name":"AI","session_id":"sess-42","stream_url":null,"component_id":"Chat\#
            Output-echo","files":[],"type":"text"}],"timedelta":null,"duration":null,"component_display_name":"Chat \#
            Output","component_id":"ChatOutput-echo","used_frozen_result":false,"token_usage":null}]}]}
            """#
    )

    static let sessionChinese = Answer(
        name: "sessionChinese",
        session: "会话-1",
        body: #"""
            {"session_id":"会话-1","outputs":[{"inputs":{"input_value":"hello"},"outputs":[{"results":{"message":{"tex\#
            t_key":"text","data":{"timestamp":"2026-11-22 13:52:40.221760 UTC","sender":"Machine","sender_name":"AI"\#
            ,"session_id":"会话-1","context_id":"","text":"hello","files":[],"error":false,"edit":false,"properties":{\#
            "text_color":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-echo","display_name":\#
            "Chat Input","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":\#
            "complete","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"se\#
            ssion_metadata":{"graph_run_id":"8a8f2459-e142-4916-8f94-03ac284c7f22"},"id":"3b838385-60ee-4ea3-88a1-a5\#
            9ab36048f4","flow_id":"00000000-0000-4000-8000-000000000001","run_id":"8a8f2459-e142-4916-8f94-03ac284c7\#
            f22","duration":null},"default_value":"","sender":"Machine","sender_name":"AI","files":[],"session_id":"\#
            会话-1","context_id":"","run_id":"8a8f2459-e142-4916-8f94-03ac284c7f22","timestamp":"2026-11-22 13:52:40.2\#
            21760 UTC","flow_id":"00000000-0000-4000-8000-000000000001","error":false,"edit":false,"properties":{"te\#
            xt_color":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-echo","display_name":"Ch\#
            at Input","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"co\#
            mplete","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"durat\#
            ion":null,"session_metadata":{"graph_run_id":"8a8f2459-e142-4916-8f94-03ac284c7f22"},"text":"hello"}},"a\#
            rtifacts":{"message":"hello","sender":"Machine","sender_name":"AI","files":[],"type":"object"},"outputs"\#
            :{"message":{"message":"hello","type":"text"}},"logs":{"message":[]},"messages":[{"message":"hello","sen\#
            der":"Machine","sender_name":"AI","session_id":"会话-1","stream_url":null,"component_id":"ChatOutput-echo"\#
            ,"files":[],"type":"text"}],"timedelta":null,"duration":null,"component_display_name":"Chat Output","com\#
            ponent_id":"ChatOutput-echo","used_frozen_result":false,"token_usage":null}]}]}
            """#
    )

    static let memory = Answer(
        name: "memory",
        session: "mem-s",
        body: #"""
            {"session_id":"mem-s","outputs":[{"inputs":{"input_value":"hello"},"outputs":[{"results":{"message":{"te\#
            xt_key":"text","data":{"timestamp":"2026-11-22 14:15:23.042435 UTC","sender":"Machine","sender_name":"AI\#
            ","session_id":"mem-s","context_id":"","text":"HISTORY<<User: hello\nAI: HISTORY<<>> QUESTION<<hello>>>>\#
             QUESTION<<hello>>","files":[],"error":false,"edit":false,"properties":{"text_color":null,"background_co\#
            lor":null,"edited":false,"source":{"id":"Prompt-mem","display_name":"Prompt Template","source":"Prompt T\#
            emplate"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complete","targets":[],"u\#
            sage":null,"build_duration":null},"category":"message","content_blocks":[],"session_metadata":{"graph_ru\#
            n_id":"d39c2b96-d818-47ff-bfa6-372bc4bdc2fb"},"id":"ffcf5d67-0a5d-4f32-8b3a-45601bf427e1","flow_id":"000\#
            00000-0000-4000-8000-000000000010","run_id":"d39c2b96-d818-47ff-bfa6-372bc4bdc2fb","duration":null},"def\#
            ault_value":"","sender":"Machine","sender_name":"AI","files":[],"session_id":"mem-s","context_id":"","ru\#
            n_id":"d39c2b96-d818-47ff-bfa6-372bc4bdc2fb","timestamp":"2026-11-22 14:15:23.042435 UTC","flow_id":"000\#
            00000-0000-4000-8000-000000000010","error":false,"edit":false,"properties":{"text_color":null,"backgroun\#
            d_color":null,"edited":false,"source":{"id":"Prompt-mem","display_name":"Prompt Template","source":"Prom\#
            pt Template"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complete","targets":[\#
            ],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"duration":null,"session_\#
            metadata":{"graph_run_id":"d39c2b96-d818-47ff-bfa6-372bc4bdc2fb"},"text":"HISTORY<<User: hello\nAI: HIST\#
            ORY<<>> QUESTION<<hello>>>> QUESTION<<hello>>"}},"artifacts":{"message":"HISTORY<<User: hello\n\nAI: HIS\#
            TORY<<>> QUESTION<<hello>>>> QUESTION<<hello>>","sender":"Machine","sender_name":"AI","files":[],"type":\#
            "object"},"outputs":{"message":{"message":"HISTORY<<User: hello\nAI: HISTORY<<>> QUESTION<<hello>>>> QUE\#
            STION<<hello>>","type":"text"}},"logs":{"message":[]},"messages":[{"message":"HISTORY<<User: hello\n\nAI\#
            : HISTORY<<>> QUESTION<<hello>>>> QUESTION<<hello>>","sender":"Machine","sender_name":"AI","session_id":\#
            "mem-s","stream_url":null,"component_id":"ChatOutput-mem","files":[],"type":"text"}],"timedelta":null,"d\#
            uration":null,"component_display_name":"Chat Output","component_id":"ChatOutput-mem","used_frozen_result\#
            ":false,"token_usage":null}]}]}
            """#
    )

    static let debug = Answer(
        name: "debug",
        session: "00000000-0000-4000-8000-000000000001",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000001","outputs":[{"inputs":{"input_value":"hello"},"outpu\#
            ts":[{"results":{"message":{"text_key":"text","data":{"timestamp":"2026-11-22 13:52:40.841364 UTC","send\#
            er":"User","sender_name":"User","session_id":"00000000-0000-4000-8000-000000000001","context_id":"","tex\#
            t":"hello","files":[],"error":false,"edit":false,"properties":{"text_color":null,"background_color":null\#
            ,"edited":false,"source":{"id":null,"display_name":null,"source":null},"icon":null,"allow_markdown":fals\#
            e,"positive_feedback":null,"state":"complete","targets":[],"usage":null,"build_duration":null},"category\#
            ":"message","content_blocks":[],"session_metadata":{"graph_run_id":"b48e9665-fc47-4009-b2e6-06a75db93463\#
            "},"id":"8324f9c9-6f36-449a-b5ad-ef44a1b222e4","flow_id":"00000000-0000-4000-8000-000000000001","run_id"\#
            :"b48e9665-fc47-4009-b2e6-06a75db93463","duration":null},"default_value":"","sender":"User","sender_name\#
            ":"User","files":[],"session_id":"00000000-0000-4000-8000-000000000001","context_id":"","run_id":"b48e96\#
            65-fc47-4009-b2e6-06a75db93463","timestamp":"2026-11-22 13:52:40.841364 UTC","flow_id":"00000000-0000-40\#
            00-8000-000000000001","error":false,"edit":false,"properties":{"text_color":null,"background_color":null\#
            ,"edited":false,"source":{"id":null,"display_name":null,"source":null},"icon":null,"allow_markdown":fals\#
            e,"positive_feedback":null,"state":"complete","targets":[],"usage":null,"build_duration":null},"category\#
            ":"message","content_blocks":[],"duration":null,"session_metadata":{"graph_run_id":"b48e9665-fc47-4009-b\#
            2e6-06a75db93463"},"text":"hello"}},"artifacts":{"message":"hello","sender":"User","sender_name":"User",\#
            "files":[],"type":"object"},"outputs":{"message":{"message":"hello","type":"text"}},"logs":{"message":[]\#
            },"messages":[{"message":"hello","sender":"User","sender_name":"User","session_id":"00000000-0000-4000-8\#
            000-000000000001","stream_url":null,"component_id":"ChatInput-echo","files":[],"type":"text"}],"timedelt\#
            a":null,"duration":null,"component_display_name":"Chat Input","component_id":"ChatInput-echo","used_froz\#
            en_result":false,"token_usage":null},{"results":{"message":{"text_key":"text","data":{"timestamp":"2026-\#
            11-22 13:52:40.853921 UTC","sender":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-0\#
            00000000001","context_id":"","text":"hello","files":[],"error":false,"edit":false,"properties":{"text_co\#
            lor":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-echo","display_name":"Chat In\#
            put","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complet\#
            e","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"session_me\#
            tadata":{"graph_run_id":"b48e9665-fc47-4009-b2e6-06a75db93463"},"id":"c65b6d9f-4221-4fa7-b843-c2d0c340b1\#
            11","flow_id":"00000000-0000-4000-8000-000000000001","run_id":"b48e9665-fc47-4009-b2e6-06a75db93463","du\#
            ration":null},"default_value":"","sender":"Machine","sender_name":"AI","files":[],"session_id":"00000000\#
            -0000-4000-8000-000000000001","context_id":"","run_id":"b48e9665-fc47-4009-b2e6-06a75db93463","timestamp\#
            ":"2026-11-22 13:52:40.853921 UTC","flow_id":"00000000-0000-4000-8000-000000000001","error":false,"edit"\#
            :false,"properties":{"text_color":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-\#
            echo","display_name":"Chat Input","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_fe\#
            edback":null,"state":"complete","targets":[],"usage":null,"build_duration":null},"category":"message","c\#
            ontent_blocks":[],"duration":null,"session_metadata":{"graph_run_id":"b48e9665-fc47-4009-b2e6-06a75db934\#
            63"},"text":"hello"}},"artifacts":{"message":"hello","sender":"Machine","sender_name":"AI","files":[],"t\#
            ype":"object"},"outputs":{"message":{"message":"hello","type":"text"}},"logs":{"message":[]},"messages":\#
            [{"message":"hello","sender":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-00000000\#
            0001","stream_url":null,"component_id":"ChatOutput-echo","files":[],"type":"text"}],"timedelta":null,"du\#
            ration":null,"component_display_name":"Chat Output","component_id":"ChatOutput-echo","used_frozen_result\#
            ":false,"token_usage":null}]}]}
            """#
    )

    static let textFlowChat = Answer(
        name: "textFlowChat",
        session: "00000000-0000-4000-8000-000000000006",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000006","outputs":[{"inputs":{"input_value":"hello"},"outpu\#
            ts":[{"results":{"text":{"text_key":"text","data":{"text":"","files":[],"sender":null,"sender_name":null\#
            ,"session_id":"","context_id":"","run_id":null,"timestamp":"2026-11-22 13:52:42.062233 UTC","flow_id":"0\#
            0000000-0000-4000-8000-000000000006","error":false,"edit":false,"properties":{"text_color":null,"backgro\#
            und_color":null,"edited":false,"source":{"id":null,"display_name":null,"source":null},"icon":null,"allow\#
            _markdown":false,"positive_feedback":null,"state":"complete","targets":[],"usage":null,"build_duration":\#
            null},"category":"message","content_blocks":[],"duration":null,"session_metadata":null},"default_value":\#
            "","sender":null,"sender_name":null,"files":[],"session_id":"","context_id":"","run_id":null,"timestamp"\#
            :"2026-11-22 13:52:42.062233 UTC","flow_id":"00000000-0000-4000-8000-000000000006","error":false,"edit":\#
            false,"properties":{"text_color":null,"background_color":null,"edited":false,"source":{"id":null,"displa\#
            y_name":null,"source":null},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complet\#
            e","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"duration":\#
            null,"session_metadata":null,"text":""}},"artifacts":{"text":{"repr":"","raw":"","type":"text"}},"output\#
            s":{"text":{"message":"","type":"text"}},"logs":{"text":[]},"messages":[],"timedelta":null,"duration":nu\#
            ll,"component_display_name":"Text Output","component_id":"TextOutput-text","used_frozen_result":false,"t\#
            oken_usage":null}]}]}
            """#
    )
}
