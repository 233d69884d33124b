// The documents are those of JSONTestSuite, https://github.com/nst/JSONTestSuite:
//
// MIT License. Copyright (c) 2016 Nicolas Seriot
//
// Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
// files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
// modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software
// is furnished to do so, subject to the following conditions:
//
// The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
// OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
// LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR
// IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

/// Documents by their names there, in Base64; the two of over 100 KB are made where they are used.
enum JSONTestSuite {
    typealias Document = (name: String, base64: String)

    /// What every parser must take.
    static let valid: [Document] = [
        ("y_array_arraysWithSpaces", "W1tdICAgXQ=="),
        ("y_array_empty", "W10="),
        ("y_array_empty-string", "WyIiXQ=="),
        ("y_array_ending_with_newline", "WyJhIl0="),
        ("y_array_false", "W2ZhbHNlXQ=="),
        ("y_array_heterogeneous", "W251bGwsIDEsICIxIiwge31d"),
        ("y_array_null", "W251bGxd"),
        ("y_array_with_1_and_newline", "WzEKXQ=="),
        ("y_array_with_leading_space", "IFsxXQ=="),
        ("y_array_with_several_null", "WzEsbnVsbCxudWxsLG51bGwsMl0="),
        ("y_array_with_trailing_space", "WzJdIA=="),
        ("y_number", "WzEyM2U2NV0="),
        ("y_number_0e+1", "WzBlKzFd"),
        ("y_number_0e1", "WzBlMV0="),
        ("y_number_after_space", "WyA0XQ=="),
        (
            "y_number_double_close_to_zero",
            "Wy0wLjAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMV0K"
        ),
        ("y_number_int_with_exp", "WzIwZTFd"),
        ("y_number_minus_zero", "Wy0wXQ=="),
        ("y_number_negative_int", "Wy0xMjNd"),
        ("y_number_negative_one", "Wy0xXQ=="),
        ("y_number_negative_zero", "Wy0wXQ=="),
        ("y_number_real_capital_e", "WzFFMjJd"),
        ("y_number_real_capital_e_neg_exp", "WzFFLTJd"),
        ("y_number_real_capital_e_pos_exp", "WzFFKzJd"),
        ("y_number_real_exponent", "WzEyM2U0NV0="),
        ("y_number_real_fraction_exponent", "WzEyMy40NTZlNzhd"),
        ("y_number_real_neg_exp", "WzFlLTJd"),
        ("y_number_real_pos_exponent", "WzFlKzJd"),
        ("y_number_simple_int", "WzEyM10="),
        ("y_number_simple_real", "WzEyMy40NTY3ODld"),
        ("y_object", "eyJhc2QiOiJzZGYiLCAiZGZnIjoiZmdoIn0="),
        ("y_object_basic", "eyJhc2QiOiJzZGYifQ=="),
        ("y_object_duplicated_key", "eyJhIjoiYiIsImEiOiJjIn0="),
        ("y_object_duplicated_key_and_value", "eyJhIjoiYiIsImEiOiJiIn0="),
        ("y_object_empty", "e30="),
        ("y_object_empty_key", "eyIiOjB9"),
        ("y_object_escaped_null_in_key", "eyJmb29cdTAwMDBiYXIiOiA0Mn0="),
        ("y_object_extreme_numbers", "eyAibWluIjogLTEuMGUrMjgsICJtYXgiOiAxLjBlKzI4IH0="),
        (
            "y_object_long_strings",
            "eyJ4IjpbeyJpZCI6ICJ4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4In1dLCAiaWQiOiAieHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eCJ9"
        ),
        ("y_object_simple", "eyJhIjpbXX0="),
        (
            "y_object_string_unicode",
            "eyJ0aXRsZSI6Ilx1MDQxZlx1MDQzZVx1MDQzYlx1MDQ0Mlx1MDQzZVx1MDQ0MFx1MDQzMCBcdTA0MTdcdTA0MzVcdTA0M2NcdTA0M2JcdTA0MzVcdTA0M2FcdTA0M2VcdTA0M2ZcdTA0MzAiIH0="
        ),
        ("y_object_with_newlines", "ewoiYSI6ICJiIgp9"),
        ("y_string_1_2_3_bytes_UTF-8_sequences", "WyJcdTAwNjBcdTAxMmFcdTEyQUIiXQ=="),
        ("y_string_accepted_surrogate_pair", "WyJcdUQ4MDFcdWRjMzciXQ=="),
        ("y_string_accepted_surrogate_pairs", "WyJcdWQ4M2RcdWRlMzlcdWQ4M2RcdWRjOGQiXQ=="),
        ("y_string_allowed_escapes", "WyJcIlxcXC9cYlxmXG5cclx0Il0="),
        ("y_string_backslash_and_u_escaped_zero", "WyJcXHUwMDAwIl0="),
        ("y_string_backslash_doublequotes", "WyJcIiJd"),
        ("y_string_comments", "WyJhLypiKi9jLypkLy9lIl0="),
        ("y_string_double_escape_a", "WyJcXGEiXQ=="),
        ("y_string_double_escape_n", "WyJcXG4iXQ=="),
        ("y_string_escaped_control_character", "WyJcdTAwMTIiXQ=="),
        ("y_string_escaped_noncharacter", "WyJcdUZGRkYiXQ=="),
        ("y_string_in_array", "WyJhc2QiXQ=="),
        ("y_string_in_array_with_leading_space", "WyAiYXNkIl0="),
        ("y_string_last_surrogates_1_and_2", "WyJcdURCRkZcdURGRkYiXQ=="),
        ("y_string_nbsp_uescaped", "WyJuZXdcdTAwQTBsaW5lIl0="),
        ("y_string_nonCharacterInUTF-8_U+10FFFF", "WyL0j7+/Il0="),
        ("y_string_nonCharacterInUTF-8_U+FFFF", "WyLvv78iXQ=="),
        ("y_string_null_escape", "WyJcdTAwMDAiXQ=="),
        ("y_string_one-byte-utf-8", "WyJcdTAwMmMiXQ=="),
        ("y_string_pi", "WyLPgCJd"),
        ("y_string_reservedCharacterInUTF-8_U+1BFFF", "WyLwm7+/Il0="),
        ("y_string_simple_ascii", "WyJhc2QgIl0="),
        ("y_string_space", "IiAi"),
        ("y_string_surrogates_U+1D11E_MUSICAL_SYMBOL_G_CLEF", "WyJcdUQ4MzRcdURkMWUiXQ=="),
        ("y_string_three-byte-utf-8", "WyJcdTA4MjEiXQ=="),
        ("y_string_two-byte-utf-8", "WyJcdTAxMjMiXQ=="),
        ("y_string_u+2028_line_sep", "WyLigKgiXQ=="),
        ("y_string_u+2029_par_sep", "WyLigKkiXQ=="),
        ("y_string_uEscape", "WyJcdTAwNjFcdTMwYWZcdTMwRUFcdTMwYjkiXQ=="),
        ("y_string_uescaped_newline", "WyJuZXdcdTAwMEFsaW5lIl0="),
        ("y_string_unescaped_char_delete", "WyJ/Il0="),
        ("y_string_unicode", "WyJcdUE2NkQiXQ=="),
        ("y_string_unicodeEscapedBackslash", "WyJcdTAwNUMiXQ=="),
        ("y_string_unicode_2", "WyLijYLjiLTijYIiXQ=="),
        ("y_string_unicode_U+10FFFE_nonchar", "WyJcdURCRkZcdURGRkUiXQ=="),
        ("y_string_unicode_U+1FFFE_nonchar", "WyJcdUQ4M0ZcdURGRkUiXQ=="),
        ("y_string_unicode_U+200B_ZERO_WIDTH_SPACE", "WyJcdTIwMEIiXQ=="),
        ("y_string_unicode_U+2064_invisible_plus", "WyJcdTIwNjQiXQ=="),
        ("y_string_unicode_U+FDD0_nonchar", "WyJcdUZERDAiXQ=="),
        ("y_string_unicode_U+FFFE_nonchar", "WyJcdUZGRkUiXQ=="),
        ("y_string_unicode_escaped_double_quote", "WyJcdTAwMjIiXQ=="),
        ("y_string_utf8", "WyLigqzwnYSeIl0="),
        ("y_string_with_del_character", "WyJhf2EiXQ=="),
        ("y_structure_lonely_false", "ZmFsc2U="),
        ("y_structure_lonely_int", "NDI="),
        ("y_structure_lonely_negative_real", "LTAuMQ=="),
        ("y_structure_lonely_null", "bnVsbA=="),
        ("y_structure_lonely_string", "ImFzZCI="),
        ("y_structure_lonely_true", "dHJ1ZQ=="),
        ("y_structure_string_empty", "IiI="),
        ("y_structure_trailing_newline", "WyJhIl0K"),
        ("y_structure_true_in_array", "W3RydWVd"),
        ("y_structure_whitespace_array", "IFtdIA=="),
    ]

    /// What a parser may take or refuse.
    static let open: [Document] = [
        ("i_number_double_huge_neg_exp", "WzEyMy40NTZlLTc4OV0="),
        (
            "i_number_huge_exp",
            "WzAuNGUwMDY2OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk2OTk5OTk5OTAwNl0="
        ),
        ("i_number_neg_int_huge_exp", "Wy0xZSs5OTk5XQ=="),
        ("i_number_pos_double_huge_exp", "WzEuNWUrOTk5OV0="),
        ("i_number_real_neg_overflow", "Wy0xMjMxMjNlMTAwMDAwXQ=="),
        ("i_number_real_pos_overflow", "WzEyMzEyM2UxMDAwMDBd"),
        ("i_number_real_underflow", "WzEyM2UtMTAwMDAwMDBd"),
        ("i_number_too_big_neg_int", "Wy0xMjMxMjMxMjMxMjMxMjMxMjMxMjMxMjMxMjMxMjNd"),
        ("i_number_too_big_pos_int", "WzEwMDAwMDAwMDAwMDAwMDAwMDAwMF0="),
        ("i_number_very_big_negative_int", "Wy0yMzc0NjIzNzQ2NzMyNzY4OTQyNzk4MzI3NDk4MzI0MjM0Nzk4MjMyNDYzMjc4NDZd"),
        ("i_object_key_lone_2nd_surrogate", "eyJcdURGQUEiOjB9"),
        ("i_string_1st_surrogate_but_2nd_missing", "WyJcdURBREEiXQ=="),
        ("i_string_1st_valid_surrogate_2nd_invalid", "WyJcdUQ4ODhcdTEyMzQiXQ=="),
        ("i_string_UTF-16LE_with_BOM", "//5bACIA6QAiAF0A"),
        ("i_string_UTF-8_invalid_sequence", "WyLml6XRiPoiXQ=="),
        ("i_string_UTF8_surrogate_U+D800", "WyLtoIAiXQ=="),
        ("i_string_incomplete_surrogate_and_escape_valid", "WyJcdUQ4MDBcbiJd"),
        ("i_string_incomplete_surrogate_pair", "WyJcdURkMWVhIl0="),
        ("i_string_incomplete_surrogates_escape_valid", "WyJcdUQ4MDBcdUQ4MDBcbiJd"),
        ("i_string_invalid_lonely_surrogate", "WyJcdWQ4MDAiXQ=="),
        ("i_string_invalid_surrogate", "WyJcdWQ4MDBhYmMiXQ=="),
        ("i_string_invalid_utf-8", "WyL/Il0="),
        ("i_string_inverted_surrogates_U+1D11E", "WyJcdURkMWVcdUQ4MzQiXQ=="),
        ("i_string_iso_latin_1", "WyLpIl0="),
        ("i_string_lone_second_surrogate", "WyJcdURGQUEiXQ=="),
        ("i_string_lone_utf8_continuation_byte", "WyKBIl0="),
        ("i_string_not_in_unicode_range", "WyL0v7+/Il0="),
        ("i_string_overlong_sequence_2_bytes", "WyLAryJd"),
        ("i_string_overlong_sequence_6_bytes", "WyL8g7+/v78iXQ=="),
        ("i_string_overlong_sequence_6_bytes_null", "WyL8gICAgIAiXQ=="),
        ("i_string_truncated-utf-8", "WyLg/yJd"),
        ("i_string_utf16BE_no_BOM", "AFsAIgDpACIAXQ=="),
        ("i_string_utf16LE_no_BOM", "WwAiAOkAIgBdAA=="),
        ("i_structure_UTF-8_BOM_empty_object", "77u/e30="),
    ]
}
