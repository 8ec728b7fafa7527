<?php

declare(strict_types=1);

use Kameng\Engine;
use Kameng\KamengException;
use PHPUnit\Framework\TestCase;

final class EngineTest extends TestCase
{
    private const HOST = ['as' => 'host'];

    private function fails(callable $call): KamengException
    {
        try {
            $call();
        } catch (KamengException $error) {
            return $error;
        }
        $this->fail('no KamengException');
    }

    private function engine(): Engine
    {
        return new Engine(configuration(fresh_folder()), library());
    }

    /**
     * Goal: an error carries everything its document says.
     * Method: a request with a wrong field.
     */
    public function testAnErrorCarriesItsDocument(): void
    {
        $engine = $this->engine();
        $error = $this->fails(
            static fn () => $engine->call('category.create', ['name' => 5], self::HOST + ['trace' => 't-1']),
        );
        $this->assertSame(
            ['INVALID_ARGUMENT', 'field.type', 'name', 'never', 't-1'],
            [$error->status, $error->reason, $error->field, $error->retry, $error->trace],
        );
        $this->assertStringStartsWith('field.type: ', $error->getMessage());
    }

    /**
     * Goal: the typed methods and the call by name are one door, and every operation has its
     * method.
     * Method: a category made by one is listed by the other; the description against the class.
     */
    public function testTypedMethodsAreTheSameDoor(): void
    {
        $engine = $this->engine();
        $made = $engine->categoryCreate(['name' => '卡'], self::HOST);
        $this->assertSame($made['category_id'], $engine->call('category.list')['items'][0]['category_id']);
        foreach ($engine->describe()['operations'] as $operation) {
            $method = lcfirst(str_replace(' ', '', ucwords(strtr($operation['name'], '._', '  '))));
            $this->assertTrue(method_exists($engine, $method), $method);
        }
    }

    /**
     * Goal: a request is answered over the HTTP door, and only the host's faults throw.
     * Method: a read, a path that is not there, an address that is none.
     */
    public function testHttpRequestsAreAnswered(): void
    {
        $engine = $this->engine();
        $request = ['method' => 'POST', 'target' => '/v1/goods.list', 'remote_ip' => '192.0.2.1'];
        $this->assertSame(200, $engine->http($request)['status']);
        $this->assertSame(404, $engine->http(['target' => '/nowhere'] + $request)['status']);
        $error = $this->fails(static fn () => $engine->http(['remote_ip' => 'me'] + $request));
        $this->assertSame('http.remote_ip', $error->reason);
    }

    /**
     * Goal: a closed engine is MISUSE, and closing twice is not.
     * Method: close, close, call.
     */
    public function testAClosedEngineIsMisuse(): void
    {
        $engine = $this->engine();
        $engine->close();
        $engine->close();
        $this->assertSame('MISUSE', $this->fails(static fn () => $engine->call('system.health'))->status);
    }

    /**
     * Goal: a wrong configuration names its key, and text is taken as it is.
     * Method: an unknown key in an array; text that is not JSON.
     */
    public function testAWrongConfigurationIsRefused(): void
    {
        $config = configuration(fresh_folder()) + ['sharing' => true];
        $error = $this->fails(static fn () => new Engine($config, library()));
        $this->assertSame(['INVALID_ARGUMENT', 'sharing'], [$error->status, $error->field]);
        $error = $this->fails(static fn () => new Engine('not JSON', library()));
        $this->assertSame('INVALID_ARGUMENT', $error->status);
    }

    /**
     * Goal: a float never becomes money on the way, as json_encode would make it: 12.0 -> 12.
     * Method: a quantity of 2.0.
     */
    public function testAFloatIsNoInteger(): void
    {
        $engine = $this->engine();
        $line = ['sku_id' => 'sku_00000000000000000000000000', 'quantity' => 2.0];
        $error = $this->fails(static fn () => $engine->orderPlace(['lines' => [$line]]));
        $this->assertSame('INVALID_ARGUMENT', $error->status);
        $this->assertSame('lines[0].quantity', $error->field);
    }

    /**
     * Goal: an empty array is a list or an object, as the place asks.
     * Method: an empty array as request, context, list of headers and configuration section.
     */
    public function testAnEmptyArrayIsEitherKind(): void
    {
        $engine = new Engine(configuration(fresh_folder(), ':memory:', ['accounts' => []]), library());
        $this->assertSame([], $engine->call('category.list', [], [])['items']);
        $received = $engine->noticeReceive(['provider' => 'sandbox', 'headers' => [], 'body' => '{}']);
        $this->assertSame('unverified', $received['outcome']);
    }

    /**
     * Goal: the library given by argument is the only one tried, and the error names it.
     * Method: a path without a file; the C library.
     */
    public function testAWrongLibraryIsNamed(): void
    {
        $error = $this->fails(static fn () => new Engine([], '/nowhere/libkameng.so'));
        $this->assertSame('library.not_found', $error->reason);
        $this->assertStringContainsString('/nowhere/libkameng.so', $error->getMessage());
        $error = $this->fails(static fn () => new Engine([], 'libc.so.6'));
        $this->assertSame('library.not_found', $error->reason);
        $this->assertStringContainsString('kameng_', $error->getMessage());
    }

    /**
     * Goal: without FFI the error names the missing ini lines.
     * Method: another PHP with ffi.enable=0, and one with ffi.enable=preload that acts as php-fpm
     * is tested there.
     */
    public function testADisabledFfiNamesTheIniLines(): void
    {
        $program = 'require "' . ROOT . '/bindings/php/autoload.php";'
            . 'try { new Kameng\Engine([]); }'
            . 'catch (Kameng\KamengException $error) { echo $error->getMessage(); }';
        $said = (string) shell_exec(PHP_BINARY . ' -d ffi.enable=0 -r ' . escapeshellarg($program) . ' 2>&1');
        $this->assertStringContainsString('ffi.preload=', $said);
        $this->assertStringContainsString('ffi.enable=true', $said);
    }

    /**
     * Goal: an engine that was opened before a fork is MISUSE in the child.
     * Method: pcntl_fork with an engine in memory; the child reports through its exit code.
     */
    public function testAnInheritedEngineIsMisuse(): void
    {
        if (!function_exists('pcntl_fork')) {
            $this->markTestSkipped('PHP has no pcntl');
        }
        $engine = $this->engine();
        $child = pcntl_fork();
        if ($child === 0) {
            try {
                $engine->call('category.list');
                $code = 1;
            } catch (KamengException $error) {
                $code = $error->reason === 'engine.used_after_fork' ? 0 : 2;
            }
            posix_kill(getmypid(), $code === 0 ? SIGKILL : SIGTERM);
        }
        pcntl_waitpid($child, $status);
        $this->assertTrue(pcntl_wifsignaled($status));
        $this->assertSame(SIGKILL, pcntl_wtermsig($status), 'the child was not refused');
        $this->assertSame([], $engine->call('category.list')['items']);
    }

    /**
     * Goal: the example in the documents runs and sells.
     * Method: examples/php/trade.php as a person would start it.
     */
    public function testThePhpExampleSells(): void
    {
        $command = [PHP_BINARY, ROOT . '/examples/php/trade.php', library()];
        exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $lines, $code);
        $said = implode("\n", $lines);
        $this->assertSame(0, $code, $said);
        $this->assertStringContainsString('STAR-0001', $said);
        $this->assertStringContainsString('balanced: yes', $said);
    }
}
