<?php

declare(strict_types=1);

use Kameng\Engine;
use Kameng\HttpSender;
use PHPUnit\Framework\TestCase;

final class HttpSenderTest extends TestCase
{
    /** @var resource */
    private static $server;
    private static string $address;

    public static function setUpBeforeClass(): void
    {
        $command = [PHP_BINARY, '-n', __DIR__ . '/provider.php'];
        $server = proc_open($command, [1 => ['pipe', 'w']], $pipes);
        assert(is_resource($server));
        self::$server = $server;
        self::$address = trim((string) fgets($pipes[1]));
    }

    public static function tearDownAfterClass(): void
    {
        proc_terminate(self::$server);
        proc_close(self::$server);
    }

    /** @return array<string, mixed> */
    private static function send(string $url, float $timeout = 5.0): array
    {
        $http = ['method' => 'POST', 'url' => $url, 'headers' => [['X-Sign', 's-1']], 'body' => '金额=1'];

        return (new HttpSender($timeout))->send(['call_id' => 'cal_1', 'http' => $http]);
    }

    private static function url(string $path): string
    {
        return 'http://' . self::$address . $path;
    }

    /**
     * Goal: the exact bytes and headers arrive, and the answer comes back whole, chunked or not; a
     * body that is no text comes as base64.
     * Method: a server that says back what it was asked.
     */
    public function testACallIsSentAsItIs(): void
    {
        foreach (['/pay?x=1', '/chunked', '/until-close'] as $path) {
            $response = self::send(self::url($path))['response'];
            $this->assertSame(200, $response['status']);
            $this->assertSame("POST $path HTTP/1.1|s-1|金额=1", $response['body']);
            $this->assertContains(['X-Answer', 'yes'], $response['headers']);
        }
        $response = self::send(self::url('/binary'))['response'];
        $this->assertSame("\xff\xfe", base64_decode($response['body_base64'], true));
        $this->assertArrayNotHasKey('body', $response);
    }

    /**
     * Goal: a redirect is an answer, not an order: a signed request goes where it was written for.
     * Method: a server that redirects.
     */
    public function testARedirectIsNotFollowed(): void
    {
        $response = self::send(self::url('/redirect'))['response'];
        $this->assertSame(302, $response['status']);
        $this->assertStringContainsString('/redirect', $response['body']);
    }

    /**
     * Goal: what certainly never left is not_sent.
     * Method: a closed port, a name that cannot exist, a scheme nobody speaks.
     */
    public function testWhatNeverLeftIsNotSent(): void
    {
        $urls = ['http://127.0.0.1:1/', 'http://name.invalid/', 'sandbox:pay', 'file:///etc/hostname'];
        foreach ($urls as $url) {
            $this->assertSame('not_sent', self::send($url)['failure']['kind'] ?? null, $url);
        }
    }

    /**
     * Goal: what may have arrived is unknown.
     * Method: a server that stays silent, and ones whose answers break off.
     */
    public function testSilenceAfterSendingIsUnknown(): void
    {
        foreach (['/silent', '/cut', '/cut-chunk', '/garbage'] as $path) {
            $this->assertSame('unknown', self::send(self::url($path), 0.5)['failure']['kind'] ?? null, $path);
        }
    }

    /**
     * Goal: the command does one turn on a real shop, and says what is wrong with a configuration
     * it cannot open.
     * Method: bin/kameng-worker --once on a file; then with an unknown key.
     */
    public function testTheCommandDoesATurn(): void
    {
        $folder = fresh_folder();
        $config = configuration($folder, "$folder/shop.db");
        file_put_contents("$folder/shop.json", json_encode($config));
        $command = implode(' ', array_map(escapeshellarg(...), [
            PHP_BINARY,
            ROOT . '/bindings/php/bin/kameng-worker',
            "--config=$folder/shop.json",
            '--library=' . library(),
            '--once',
        ]));
        exec("$command 2>&1", $lines, $code);
        $this->assertSame([0, []], [$code, $lines]);
        $engine = new Engine($config, library());
        $this->assertNotEmpty($engine->call('system.health', [], ['as' => 'host']));
        file_put_contents("$folder/shop.json", json_encode($config + ['sharing' => 1]));
        exec("$command 2>&1", $lines, $code);
        $this->assertSame(1, $code);
        $this->assertStringContainsString('sharing', implode("\n", $lines));
    }
}
