// Drives the models of sim/rt1062/renode/*.cs under mono: one command a line on standard input, one answer
// a line on standard output. Numbers in commands are decimal or 0x; `!` begins the answer of a
// command that failed, with the exception's name and message.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using Antmicro.Renode.Core;
using Antmicro.Renode.Core.Structure;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.I2C;
using Antmicro.Renode.Peripherals.Rt1062;
using Antmicro.Renode.Peripherals.SPI;
using Antmicro.Renode.Peripherals.UART;

public static class ModelShell
{
    public static void Main()
    {
        string line;
        while((line = Console.ReadLine()) != null)
        {
            var words = line.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
            if(words.Length == 0) { continue; }
            string answer;
            try
            {
                answer = Run(words);
            }
            catch(Exception e)
            {
                var inner = e is TargetInvocationException ? e.InnerException : e;
                answer = "!" + inner.GetType().Name + ": " + inner.Message.Replace("\n", " ");
            }
            Console.WriteLine(answer);
        }
    }

    private static string Run(string[] words)
    {
        switch(words[0])
        {
        case "machine": // a new machine without peripherals
            machine = new StandInMachine();
            peripherals.Clear();
            Logger.Warnings.Clear();
            return "";
        case "new": // new NAME TYPE [parameter=value ...]
            peripherals[words[1]] = Create(words[2], words.Skip(3));
            return "";
        case "child": // child CONTAINER ADDRESS NAME
            return AddChild(peripherals[words[1]], (int)Number(words[2]), peripherals[words[3]]);
        case "connect": // connect NAME PIN-OR-LINE NAME INPUT
            Line(words[1], words[2]).Connect((IGPIOReceiver)peripherals[words[3]], (int)Number(words[4]));
            return "";
        case "input": // input NAME NUMBER LEVEL
            ((IGPIOReceiver)peripherals[words[1]]).OnGPIO((int)Number(words[2]), words[3] == "1");
            return "";
        case "line": // line NAME PIN-OR-LINE
            return Line(words[1], words[2]).IsSet ? "1" : "0";
        case "r8":
            return Hex(((IBytePeripheral)peripherals[words[1]]).ReadByte(Number(words[2])));
        case "w8":
            ((IBytePeripheral)peripherals[words[1]]).WriteByte(Number(words[2]), (byte)Number(words[3]));
            return "";
        case "r16":
            return Hex(((IWordPeripheral)peripherals[words[1]]).ReadWord(Number(words[2])));
        case "w16":
            ((IWordPeripheral)peripherals[words[1]]).WriteWord(Number(words[2]), (ushort)Number(words[3]));
            return "";
        case "r32":
            return Hex(((IDoubleWordPeripheral)peripherals[words[1]]).ReadDoubleWord(Number(words[2])));
        case "w32":
            ((IDoubleWordPeripheral)peripherals[words[1]]).WriteDoubleWord(Number(words[2]), (uint)Number(words[3]));
            return "";
        case "spi": // spi NAME BYTE ...: bytes in hexadecimal
            return Bytes(Bytes(words.Skip(2)).Select(b => ((ISPIPeripheral)peripherals[words[1]]).Transmit(b)));
        case "sccb": // sccb NAME write|read|restart|current COUNT BYTE ...
            return Sccb((II2CPeripheral)peripherals[words[1]], words[2], (int)Number(words[3]), Bytes(words.Skip(4)));
        case "call": // call NAME METHOD [ARGUMENT ...]
            return Call(peripherals[words[1]], words[2], words.Skip(3).ToArray());
        case "extension": // extension TYPE METHOD NAME [ARGUMENT ...]
            return Extension(words[1], words[2], peripherals[words[3]], words.Skip(4).ToArray());
        case "bus": // bus NAME: the machine's bus as a peripheral
            peripherals[words[1]] = machine.SystemBus;
            return "";
        case "written": // writes by way of the bus
            return string.Join(" ", machine.Bus.Writes);
        case "after-load":
            machine.RunMacroAfterReset();
            return "";
        case "parsed": // what the monitor was given
            return string.Join(" | ", ObjectCreator.Instance.GetSurrogate<Antmicro.Renode.UserInterface.Monitor>().Parsed);
        case "set": // set NAME PROPERTY VALUE
            var property = peripherals[words[1]].GetType().GetProperty(words[2]);
            property.SetValue(peripherals[words[1]], Convert(words[3], property.PropertyType), null);
            return "";
        case "get": // get NAME PROPERTY
            return Text(peripherals[words[1]].GetType().GetProperty(words[2]).GetValue(peripherals[words[1]], null));
        case "wait": // wait NANOSECONDS
            machine.Clock.Advance((ulong)Number(words[1]));
            return "";
        case "reset": // machine reset, as the monitor's `machine Reset` or an answered request
            machine.Reset(peripherals.Values);
            return "";
        case "requests": // resets that were requested
            return machine.Requests.ToString();
        case "warnings":
            return string.Join(" | ", Logger.Warnings);
        case "received": // what a stand-in UART was given
            return Bytes(((NXP_LPUART)peripherals[words[1]]).Received);
        case "accesses": // what a stand-in base class saw
            return string.Join(" ", ((NXP_LPUART)peripherals[words[1]]).Accesses);
        default:
            throw new ArgumentException("no such command: " + words[0]);
        }
    }

    private static IPeripheral Create(string type, IEnumerable<string> settings)
    {
        var values = settings.Select(s => s.Split(new[] { '=' }, 2)).ToDictionary(s => s[0], s => s[1]);
        var found = Assembly.GetExecutingAssembly().GetType("Antmicro.Renode.Peripherals." + type, true);
        var constructor = found.GetConstructors().Single();
        var arguments = constructor.GetParameters().Select(p =>
        {
            string text;
            if(p.ParameterType == typeof(IMachine)) { return machine; }
            return values.TryGetValue(p.Name, out text) ? Convert(text, p.ParameterType) : p.DefaultValue;
        });
        var unknown = values.Keys.Except(constructor.GetParameters().Select(p => p.Name)).FirstOrDefault();
        if(unknown != null) { throw new ArgumentException("no constructor parameter " + unknown); }
        return (IPeripheral)constructor.Invoke(arguments.ToArray());
    }

    private static object Convert(string text, Type type)
    {
        if(type == typeof(string)) { return text; }
        if(type == typeof(bool)) { return bool.Parse(text); }
        if(typeof(IPeripheral).IsAssignableFrom(type)) { return peripherals[text]; }
        type = Nullable.GetUnderlyingType(type) ?? type;
        return System.Convert.ChangeType(Number(text), type, CultureInfo.InvariantCulture);
    }

    private static string AddChild(IPeripheral container, int address, IPeripheral child)
    {
        var point = new NumberRegistrationPoint<int>(address);
        var spi = container as SimpleContainer<ISPIPeripheral>;
        if(spi != null) { spi.Register((ISPIPeripheral)child, point); }
        else { ((SimpleContainer<II2CPeripheral>)container).Register((II2CPeripheral)child, point); }
        return "";
    }

    private static IGPIO Line(string name, string line)
    {
        int number;
        if(int.TryParse(line, out number)) { return ((INumberedGPIOOutput)peripherals[name]).Connections[number]; }
        return (IGPIO)peripherals[name].GetType().GetProperty(line).GetValue(peripherals[name], null);
    }

    private static string Sccb(II2CPeripheral target, string kind, int count, byte[] bytes)
    {
        var acknowledges = ((II2CAcknowledge)target).Acknowledges;
        if(kind != "current")
        {
            if(!acknowledges) { target.FinishTransmission(); return "nack"; }
            target.Write(bytes);
            if(kind != "restart") { target.FinishTransmission(); }
            if(kind == "write") { return ""; }
        }
        if(!((II2CAcknowledge)target).Acknowledges) { return "nack"; }
        var answer = Bytes(target.Read(count));
        target.FinishTransmission();
        return answer;
    }

    private static string Call(object target, string name, string[] arguments)
    {
        var method = target.GetType().GetMethods().Single(m => m.Name == name);
        return Text(method.Invoke(target, Arguments(method.GetParameters(), arguments)));
    }

    private static string Extension(string type, string name, object target, string[] arguments)
    {
        var method = Assembly.GetExecutingAssembly().GetType("Antmicro.Renode.Peripherals." + type, true).GetMethod(name);
        return Text(method.Invoke(null, new[] { target }.Concat(Arguments(method.GetParameters().Skip(1).ToArray(), arguments)).ToArray()));
    }

    private static object[] Arguments(ParameterInfo[] parameters, string[] texts)
    {
        return parameters.Select((p, i) => i < texts.Length ? Convert(texts[i], p.ParameterType) : p.DefaultValue).ToArray();
    }

    private static string Text(object value)
    {
        return value == null ? "" : System.Convert.ToString(value, CultureInfo.InvariantCulture);
    }

    private static long Number(string text)
    {
        return text.StartsWith("0x") ? long.Parse(text.Substring(2), NumberStyles.HexNumber) : long.Parse(text);
    }

    private static byte[] Bytes(IEnumerable<string> words)
    {
        return words.Select(w => byte.Parse(w, NumberStyles.HexNumber)).ToArray();
    }

    private static string Bytes(IEnumerable<byte> bytes) { return string.Join(" ", bytes.Select(b => b.ToString("X2"))); }

    private static string Hex(uint value) { return "0x" + value.ToString("X"); }

    private static StandInMachine machine = new StandInMachine();
    private static readonly Dictionary<string, IPeripheral> peripherals = new Dictionary<string, IPeripheral>();
}
