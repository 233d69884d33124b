import Testing

/// Bodies that a LangFlow 1.13.0 answered, byte for byte.
enum Recorded {
    struct Answer: CustomTestStringConvertible {
        let name: String
        /// The session id that LangFlow was given or took by itself.
        let session: String
        let body: String

        var testDescription: String { self.name }
    }

    static let answers: [Answer] = [
        echo, llm, llmChinese, twoOutputs, textEcho, chinese, emoji,
        emptyString, outputComponentUnknown, session, sessionChinese, memory, debug, textFlowChat,
    ]

    static let echo = Answer(
        name: "echo",
        session: "00000000-0000-4000-8000-000000000001",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000001","outputs":[{"inputs":{"input_value":"hello"},"outpu\#
            ts":[{"results":{"message":{"text_key":"text","data":{"timestamp":"2026-11-22 13:48:39.016067 UTC","send\#
            er":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-000000000001","context_id":"","te\#
            xt":"hello","files":[],"error":false,"edit":false,"properties":{"text_color":null,"background_color":nul\#
            l,"edited":false,"source":{"id":"ChatInput-echo","display_name":"Chat Input","source":"Chat Input"},"ico\#
            n":null,"allow_markdown":false,"positive_feedback":null,"state":"complete","targets":[],"usage":null,"bu\#
            ild_duration":null},"category":"message","content_blocks":[],"session_metadata":{"graph_run_id":"0a046b5\#
            7-81a2-4404-9b4f-f96c6a1db275"},"id":"a017adef-e6b0-4748-b6fd-dec6f7545cbb","flow_id":"00000000-0000-400\#
            0-8000-000000000001","run_id":"0a046b57-81a2-4404-9b4f-f96c6a1db275","duration":null},"default_value":""\#
            ,"sender":"Machine","sender_name":"AI","files":[],"session_id":"00000000-0000-4000-8000-000000000001","c\#
            ontext_id":"","run_id":"0a046b57-81a2-4404-9b4f-f96c6a1db275","timestamp":"2026-11-22 13:48:39.016067 UT\#
            C","flow_id":"00000000-0000-4000-8000-000000000001","error":false,"edit":false,"properties":{"text_color\#
            ":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-echo","display_name":"Chat Input\#
            ","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complete",\#
            "targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"duration":nul\#
            l,"session_metadata":{"graph_run_id":"0a046b57-81a2-4404-9b4f-f96c6a1db275"},"text":"hello"}},"artifacts\#
            ":{"message":"hello","sender":"Machine","sender_name":"AI","files":[],"type":"object"},"outputs":{"messa\#
            ge":{"message":"hello","type":"text"}},"logs":{"message":[]},"messages":[{"message":"hello","sender":"Ma\#
            chine","sender_name":"AI","session_id":"00000000-0000-4000-8000-000000000001","stream_url":null,"compone\#
            nt_id":"ChatOutput-echo","files":[],"type":"text"}],"timedelta":null,"duration":null,"component_display_\#
            name":"Chat Output","component_id":"ChatOutput-echo","used_frozen_result":false,"token_usage":null}]}]}
            """#
    )

    static let llm = Answer(
        name: "llm",
        session: "00000000-0000-4000-8000-000000000002",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000002","outputs":[{"inputs":{"input_value":"How do I reset\#
             my password?"},"outputs":[{"results":{"message":{"text_key":"text","data":{"timestamp":"2026-11-22 14:2\#
            2:09.415641 UTC","sender":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-00000000000\#
            2","context_id":"","text":"FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my pas\#
            sword?\nAnswer:] in five small token pieces.","files":[],"error":false,"edit":false,"properties":{"text_\#
            color":null,"background_color":null,"edited":false,"source":{"id":"OpenAIModel-llm","display_name":"Open\#
            AI","source":"fake-1"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complete","t\#
            argets":[],"usage":{"input_tokens":17,"output_tokens":20,"total_tokens":37},"build_duration":null},"cate\#
            gory":"message","content_blocks":[],"session_metadata":{"graph_run_id":"8f41c412-ca6b-49bb-a4f1-21f91369\#
            454a"},"id":"9a31de47-ada6-4691-baa1-f820e9e331a4","flow_id":"00000000-0000-4000-8000-000000000002","run\#
            _id":"8f41c412-ca6b-49bb-a4f1-21f91369454a","duration":null},"default_value":"","sender":"Machine","send\#
            er_name":"AI","files":[],"session_id":"00000000-0000-4000-8000-000000000002","context_id":"","run_id":"8\#
            f41c412-ca6b-49bb-a4f1-21f91369454a","timestamp":"2026-11-22 14:22:09.415641 UTC","flow_id":"00000000-00\#
            00-4000-8000-000000000002","error":false,"edit":false,"properties":{"text_color":null,"background_color"\#
            :null,"edited":false,"source":{"id":"OpenAIModel-llm","display_name":"OpenAI","source":"fake-1"},"icon":\#
            null,"allow_markdown":false,"positive_feedback":null,"state":"complete","targets":[],"usage":{"input_tok\#
            ens":17,"output_tokens":20,"total_tokens":37},"build_duration":null},"category":"message","content_block\#
            s":[],"duration":null,"session_metadata":{"graph_run_id":"8f41c412-ca6b-49bb-a4f1-21f91369454a"},"text":\#
            "FAKE-ANSWER to [You are a helpful assistant.\nQuestion: How do I reset my password?\nAnswer:] in five s\#
            mall token pieces."}},"artifacts":{"message":"FAKE-ANSWER to [You are a helpful assistant.\n\nQuestion: \#
            How do I reset my password?\n\nAnswer:] in five small token pieces.","sender":"Machine","sender_name":"A\#
            I","files":[],"type":"object"},"outputs":{"message":{"message":"FAKE-ANSWER to [You are a helpful assist\#
            ant.\nQuestion: How do I reset my password?\nAnswer:] in five small token pieces.","type":"text"}},"logs\#
            ":{"message":[]},"messages":[{"message":"FAKE-ANSWER to [You are a helpful assistant.\n\nQuestion: How d\#
            o I reset my password?\n\nAnswer:] in five small token pieces.","sender":"Machine","sender_name":"AI","s\#
            ession_id":"00000000-0000-4000-8000-000000000002","stream_url":null,"component_id":"ChatOutput-llm","fil\#
            es":[],"type":"text"}],"timedelta":null,"duration":null,"component_display_name":"Chat Output","componen\#
            t_id":"ChatOutput-llm","used_frozen_result":false,"token_usage":null}]}]}
            """#
    )

    static let llmChinese = Answer(
        name: "llmChinese",
        session: "00000000-0000-4000-8000-000000000002",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000002","outputs":[{"inputs":{"input_value":"如何重置密码"},"outp\#
            uts":[{"results":{"message":{"text_key":"text","data":{"timestamp":"2026-11-22 14:22:10.405792 UTC","sen\#
            der":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-000000000002","context_id":"","t\#
            ext":"FAKE-ANSWER to [You are a helpful assistant.\nQuestion: 如何重置密码\nAnswer:] in five small token piece\#
            s.","files":[],"error":false,"edit":false,"properties":{"text_color":null,"background_color":null,"edite\#
            d":false,"source":{"id":"OpenAIModel-llm","display_name":"OpenAI","source":"fake-1"},"icon":null,"allow_\#
            markdown":false,"positive_feedback":null,"state":"complete","targets":[],"usage":{"input_tokens":12,"out\#
            put_tokens":15,"total_tokens":27},"build_duration":null},"category":"message","content_blocks":[],"sessi\#
            on_metadata":{"graph_run_id":"90a46f1f-61be-49bf-b1fd-d3c1a4a0eb07"},"id":"bbe57e36-ced9-4053-be3e-f5031\#
            31b184d","flow_id":"00000000-0000-4000-8000-000000000002","run_id":"90a46f1f-61be-49bf-b1fd-d3c1a4a0eb07\#
            ","duration":null},"default_value":"","sender":"Machine","sender_name":"AI","files":[],"session_id":"000\#
            00000-0000-4000-8000-000000000002","context_id":"","run_id":"90a46f1f-61be-49bf-b1fd-d3c1a4a0eb07","time\#
            stamp":"2026-11-22 14:22:10.405792 UTC","flow_id":"00000000-0000-4000-8000-000000000002","error":false,"\#
            edit":false,"properties":{"text_color":null,"background_color":null,"edited":false,"source":{"id":"OpenA\#
            IModel-llm","display_name":"OpenAI","source":"fake-1"},"icon":null,"allow_markdown":false,"positive_feed\#
            back":null,"state":"complete","targets":[],"usage":{"input_tokens":12,"output_tokens":15,"total_tokens":\#
            27},"build_duration":null},"category":"message","content_blocks":[],"duration":null,"session_metadata":{\#
            "graph_run_id":"90a46f1f-61be-49bf-b1fd-d3c1a4a0eb07"},"text":"FAKE-ANSWER to [You are a helpful assista\#
            nt.\nQuestion: 如何重置密码\nAnswer:] in five small token pieces."}},"artifacts":{"message":"FAKE-ANSWER to [Y\#
            ou are a helpful assistant.\n\nQuestion: 如何重置密码\n\nAnswer:] in five small token pieces.","sender":"Machi\#
            ne","sender_name":"AI","files":[],"type":"object"},"outputs":{"message":{"message":"FAKE-ANSWER to [You \#
            are a helpful assistant.\nQuestion: 如何重置密码\nAnswer:] in five small token pieces.","type":"text"}},"logs"\#
            :{"message":[]},"messages":[{"message":"FAKE-ANSWER to [You are a helpful assistant.\n\nQuestion: 如何重置密码\#
            \n\nAnswer:] in five small token pieces.","sender":"Machine","sender_name":"AI","session_id":"00000000-0\#
            000-4000-8000-000000000002","stream_url":null,"component_id":"ChatOutput-llm","files":[],"type":"text"}]\#
            ,"timedelta":null,"duration":null,"component_display_name":"Chat Output","component_id":"ChatOutput-llm"\#
            ,"used_frozen_result":false,"token_usage":null}]}]}
            """#
    )

    static let twoOutputs = Answer(
        name: "twoOutputs",
        session: "00000000-0000-4000-8000-000000000007",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000007","outputs":[{"inputs":{"input_value":"hello"},"outpu\#
            ts":[{"results":{"message":{"text_key":"text","data":{"timestamp":"2026-11-22 13:52:42.310157 UTC","send\#
            er":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-000000000007","context_id":"","te\#
            xt":"second: hello","files":[],"error":false,"edit":false,"properties":{"text_color":null,"background_co\#
            lor":null,"edited":false,"source":{"id":"Prompt-two","display_name":"Prompt Template","source":"Prompt T\#
            emplate"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complete","targets":[],"u\#
            sage":null,"build_duration":null},"category":"message","content_blocks":[],"session_metadata":{"graph_ru\#
            n_id":"aa58e309-50bc-48b0-94cf-0cc53e5e946b"},"id":"16c75d47-7321-47a0-85b5-edccf5d77b24","flow_id":"000\#
            00000-0000-4000-8000-000000000007","run_id":"aa58e309-50bc-48b0-94cf-0cc53e5e946b","duration":null},"def\#
            ault_value":"","sender":"Machine","sender_name":"AI","files":[],"session_id":"00000000-0000-4000-8000-00\#
            0000000007","context_id":"","run_id":"aa58e309-50bc-48b0-94cf-0cc53e5e946b","timestamp":"2026-11-22 13:5\#
            2:42.310157 UTC","flow_id":"00000000-0000-4000-8000-000000000007","error":false,"edit":false,"properties\#
            ":{"text_color":null,"background_color":null,"edited":false,"source":{"id":"Prompt-two","display_name":"\#
            Prompt Template","source":"Prompt Template"},"icon":null,"allow_markdown":false,"positive_feedback":null\#
            ,"state":"complete","targets":[],"usage":null,"build_duration":null},"category":"message","content_block\#
            s":[],"duration":null,"session_metadata":{"graph_run_id":"aa58e309-50bc-48b0-94cf-0cc53e5e946b"},"text":\#
            "second: hello"}},"artifacts":{"message":"second: hello","sender":"Machine","sender_name":"AI","files":[\#
            ],"type":"object"},"outputs":{"message":{"message":"second: hello","type":"text"}},"logs":{"message":[]}\#
            ,"messages":[{"message":"second: hello","sender":"Machine","sender_name":"AI","session_id":"00000000-000\#
            0-4000-8000-000000000007","stream_url":null,"component_id":"ChatOutput-two","files":[],"type":"text"}],"\#
            timedelta":null,"duration":null,"component_display_name":"Chat Output","component_id":"ChatOutput-two","\#
            used_frozen_result":false,"token_usage":null},{"results":{"message":{"text_key":"text","data":{"timestam\#
            p":"2026-11-22 13:52:42.306894 UTC","sender":"Machine","sender_name":"AI","session_id":"00000000-0000-40\#
            00-8000-000000000007","context_id":"","text":"hello","files":[],"error":false,"edit":false,"properties":\#
            {"text_color":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-two","display_name":\#
            "Chat Input","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":\#
            "complete","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"se\#
            ssion_metadata":{"graph_run_id":"aa58e309-50bc-48b0-94cf-0cc53e5e946b"},"id":"46a6547b-5355-4b47-a59a-8a\#
            cb7b8c4382","flow_id":"00000000-0000-4000-8000-000000000007","run_id":"aa58e309-50bc-48b0-94cf-0cc53e5e9\#
            46b","duration":null},"default_value":"","sender":"Machine","sender_name":"AI","files":[],"session_id":"\#
            00000000-0000-4000-8000-000000000007","context_id":"","run_id":"aa58e309-50bc-48b0-94cf-0cc53e5e946b","t\#
            imestamp":"2026-11-22 13:52:42.306894 UTC","flow_id":"00000000-0000-4000-8000-000000000007","error":fals\#
            e,"edit":false,"properties":{"text_color":null,"background_color":null,"edited":false,"source":{"id":"Ch\#
            atInput-two","display_name":"Chat Input","source":"Chat Input"},"icon":null,"allow_markdown":false,"posi\#
            tive_feedback":null,"state":"complete","targets":[],"usage":null,"build_duration":null},"category":"mess\#
            age","content_blocks":[],"duration":null,"session_metadata":{"graph_run_id":"aa58e309-50bc-48b0-94cf-0cc\#
            53e5e946b"},"text":"hello"}},"artifacts":{"message":"hello","sender":"Machine","sender_name":"AI","files\#
            ":[],"type":"object"},"outputs":{"message":{"message":"hello","type":"text"}},"logs":{"message":[]},"mes\#
            sages":[{"message":"hello","sender":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-0\#
            00000000007","stream_url":null,"component_id":"ChatOutput-one","files":[],"type":"text"}],"timedelta":nu\#
            ll,"duration":null,"component_display_name":"Chat Output","component_id":"ChatOutput-one","used_frozen_r\#
            esult":false,"token_usage":null}]}]}
            """#
    )

    static let textEcho = Answer(
        name: "textEcho",
        session: "00000000-0000-4000-8000-000000000006",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000006","outputs":[{"inputs":{"input_value":"hello"},"outpu\#
            ts":[{"results":{"text":{"text_key":"text","data":{"text":"hello","files":[],"sender":null,"sender_name"\#
            :null,"session_id":"","context_id":"","run_id":null,"timestamp":"2026-11-22 13:52:41.971740 UTC","flow_i\#
            d":"00000000-0000-4000-8000-000000000006","error":false,"edit":false,"properties":{"text_color":null,"ba\#
            ckground_color":null,"edited":false,"source":{"id":null,"display_name":null,"source":null},"icon":null,"\#
            allow_markdown":false,"positive_feedback":null,"state":"complete","targets":[],"usage":null,"build_durat\#
            ion":null},"category":"message","content_blocks":[],"duration":null,"session_metadata":null},"default_va\#
            lue":"","sender":null,"sender_name":null,"files":[],"session_id":"","context_id":"","run_id":null,"times\#
            tamp":"2026-11-22 13:52:41.971740 UTC","flow_id":"00000000-0000-4000-8000-000000000006","error":false,"e\#
            dit":false,"properties":{"text_color":null,"background_color":null,"edited":false,"source":{"id":null,"d\#
            isplay_name":null,"source":null},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"co\#
            mplete","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"durat\#
            ion":null,"session_metadata":null,"text":"hello"}},"artifacts":{"text":{"repr":"hello","raw":"hello","ty\#
            pe":"text"}},"outputs":{"text":{"message":"hello","type":"text"}},"logs":{"text":[]},"messages":[{"messa\#
            ge":"hello","sender":"Machine","sender_name":"AI","session_id":"","stream_url":null,"component_id":"Text\#
            Output-text","files":[],"type":"text"}],"timedelta":null,"duration":null,"component_display_name":"Text \#
            Output","component_id":"TextOutput-text","used_frozen_result":false,"token_usage":null}]}]}
            """#
    )

    static let chinese = Answer(
        name: "chinese",
        session: "00000000-0000-4000-8000-000000000001",
        body: #"""
            {"session_id":"00000000-0000-4000-8000-000000000001","outputs":[{"inputs":{"input_value":"如何重置密码"},"outp\#
            uts":[{"results":{"message":{"text_key":"text","data":{"timestamp":"2026-11-22 13:48:39.650993 UTC","sen\#
            der":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-000000000001","context_id":"","t\#
            ext":"如何重置密码","files":[],"error":false,"edit":false,"properties":{"text_color":null,"background_color":n\#
            ull,"edited":false,"source":{"id":"ChatInput-echo","display_name":"Chat Input","source":"Chat Input"},"i\#
            con":null,"allow_markdown":false,"positive_feedback":null,"state":"complete","targets":[],"usage":null,"\#
            build_duration":null},"category":"message","content_blocks":[],"session_metadata":{"graph_run_id":"81092\#
            1e1-1ef7-461d-b332-ab9f71aacf37"},"id":"70d32003-d963-449b-be0b-597822ce2ddc","flow_id":"00000000-0000-4\#
            000-8000-000000000001","run_id":"810921e1-1ef7-461d-b332-ab9f71aacf37","duration":null},"default_value":\#
            "","sender":"Machine","sender_name":"AI","files":[],"session_id":"00000000-0000-4000-8000-000000000001",\#
            "context_id":"","run_id":"810921e1-1ef7-461d-b332-ab9f71aacf37","timestamp":"2026-11-22 13:48:39.650993 \#
            UTC","flow_id":"00000000-0000-4000-8000-000000000001","error":false,"edit":false,"properties":{"text_col\#
            or":null,"background_color":null,"edited":false,"source":{"id":"ChatInput-echo","display_name":"Chat Inp\#
            ut","source":"Chat Input"},"icon":null,"allow_markdown":false,"positive_feedback":null,"state":"complete\#
            ","targets":[],"usage":null,"build_duration":null},"category":"message","content_blocks":[],"duration":n\#
            ull,"session_metadata":{"graph_run_id":"810921e1-1ef7-461d-b332-ab9f71aacf37"},"text":"如何重置密码"}},"artifa\#
            cts":{"message":"如何重置密码","sender":"Machine","sender_name":"AI","files":[],"type":"object"},"outputs":{"m\#
            essage":{"message":"如何重置密码","type":"text"}},"logs":{"message":[]},"messages":[{"message":"如何重置密码","sende\#
            r":"Machine","sender_name":"AI","session_id":"00000000-0000-4000-8000-000000000001","stream_url":null,"c\#
            omponent_id":"ChatOutput-echo","files":[],"type":"text"}],"timedelta":null,"duration":null,"component_di\#
            splay_name":"Chat Output","component_id":"ChatOutput-echo","used_frozen_result":false,"token_usage":null\#
            }]}]}
            """#
    )
}
