import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Sends one question again and again with the client as it is: `java Hits.java URL KEY FLOW QUESTION COUNT VERSION`. */
public class Hits {
    public static void main(String[] arguments) throws Exception {
        var client = arguments[5].equals("default")
            ? HttpClient.newHttpClient()
            : HttpClient.newBuilder().version(HttpClient.Version.valueOf(arguments[5])).build();
        var request = HttpRequest.newBuilder(URI.create(arguments[0]))
            .header("Content-Type", "application/json")
            .header("X-API-Key", arguments[1])
            .POST(HttpRequest.BodyPublishers.ofString("{\"flow_id\": \"" + arguments[2] + "\", \"input\": \"" + arguments[3] + "\"}"))
            .build();
        int hits = 0;
        for (int number = 0; number < Integer.parseInt(arguments[4]); number++) {
            var answer = client.send(request, BodyHandlers.ofString());
            if (answer.headers().firstValue("Cache-Status").orElse("").contains("; hit;")) hits++;
        }
        System.out.println(hits);
    }
}
