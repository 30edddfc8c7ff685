// Stand-ins for the Renode types that sim/rt1062/renode/*.cs touch, with the signatures of release 1.16.1
// (renode-infrastructure at the commit which tag v1.16.1 of renode/renode names): what compiles
// against these compiles in Renode. Time is a number that MonitorShell moves.

using System;
using System.Collections.Generic;
using System.Linq;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Time;

namespace Antmicro.Renode
{
    public interface IEmulationElement { }
}

namespace Antmicro.Renode.Exceptions
{
    public class RecoverableException : Exception
    {
        public RecoverableException(string message) : base(message) { }
        public RecoverableException(string message, Exception innerException) : base(message, innerException) { }
    }

    public class ConstructionException : RecoverableException
    {
        public ConstructionException(string message) : base(message) { }
    }

    public class RegistrationException : RecoverableException
    {
        public RegistrationException(string message) : base(message) { }
    }
}

namespace Antmicro.Renode.Utilities
{
    [AttributeUsage(AttributeTargets.Class)]
    public class ConvertibleAttribute : Attribute { }
}

namespace Antmicro.Renode.UserInterface
{
    [AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Method | AttributeTargets.Class)]
    public class HideInMonitorAttribute : Attribute { }

    public class Monitor
    {
        // The second parameter of Renode's, the interaction, is left out with its default.
        public bool Parse(string cmd)
        {
            Parsed.Add(cmd);
            return true;
        }

        public readonly List<string> Parsed = new List<string>();
    }
}

namespace Antmicro.Renode.Logging
{
    public sealed class LogLevel
    {
        public static LogLevel Noisy = new LogLevel(), Debug = new LogLevel(), Info = new LogLevel();
        public static LogLevel Warning = new LogLevel(), Error = new LogLevel();
        private LogLevel() { }
    }

    public static class Logger
    {
        public static readonly List<string> Warnings = new List<string>();

        public static void Log(this IEmulationElement e, LogLevel type, string message, params object[] args)
        {
            if(type == LogLevel.Warning || type == LogLevel.Error)
            {
                Warnings.Add(e.GetType().Name + ": " + string.Format(message, args));
            }
        }

        public static void LogUnhandledRead(this IPeripheral peripheral, long offset)
        {
            peripheral.Log(LogLevel.Warning, "Unhandled read from offset 0x{0:X}.", offset);
        }

        public static void LogUnhandledWrite(this IPeripheral peripheral, long offset, ulong value)
        {
            peripheral.Log(LogLevel.Warning, "Unhandled write to offset 0x{0:X}, value 0x{1:X}.", offset, value);
        }
    }
}

namespace Antmicro.Renode.Time
{
    public enum Direction { Ascending, Descending }

    public enum WorkMode { Periodic = 1, OneShot = 0 }

    public struct TimeInterval
    {
        public static TimeInterval FromTicks(ulong ticks) { return new TimeInterval { ticks = ticks }; }
        public static TimeInterval FromNanoseconds(ulong v) { return FromTicks(v * TicksPerNanosecond); }
        public static TimeInterval FromMicroseconds(ulong v) { return FromTicks(v * TicksPerMicrosecond); }
        public static TimeInterval operator +(TimeInterval t1, TimeInterval t2) { return FromTicks(checked(t1.ticks + t2.ticks)); }
        public static TimeInterval operator -(TimeInterval t1, TimeInterval t2) { return FromTicks(checked(t1.ticks - t2.ticks)); }
        public static bool operator <(TimeInterval t1, TimeInterval t2) { return t1.ticks < t2.ticks; }
        public static bool operator >(TimeInterval t1, TimeInterval t2) { return t1.ticks > t2.ticks; }
        public static readonly TimeInterval Empty = FromTicks(0);
        public ulong Ticks { get { return ticks; } }
        public double TotalMicroseconds { get { return ticks / (double)TicksPerMicrosecond; } }
        public const ulong TicksPerSecond = TicksPerMicrosecond * 1000000;
        public const ulong TicksPerMicrosecond = TicksPerNanosecond * 1000;
        public const ulong TicksPerNanosecond = 1;
        private ulong ticks;
    }

    public struct TimeStamp
    {
        public TimeStamp(TimeInterval interval) { TimeElapsed = interval; }
        public TimeInterval TimeElapsed { get; private set; }
    }

    public interface IClockSource { }

    // Virtual time: actions at a moment, and timers that are asked when they are next due.
    public class StandInClock : IClockSource
    {
        public ulong Now { get; private set; }

        public void At(ulong time, Action action)
        {
            actions.Add(new KeyValuePair<ulong, Action>(time, action));
        }

        public void Advance(ulong nanoseconds)
        {
            var end = Now + nanoseconds;
            while(true)
            {
                var timer = Timers.Where(x => x.Due <= end).OrderBy(x => x.Due).FirstOrDefault();
                var index = -1;
                for(var i = 0; i < actions.Count; i++)
                {
                    if(actions[i].Key <= end && (index < 0 || actions[i].Key < actions[index].Key)) { index = i; }
                }
                if(timer == null && index < 0) { break; }
                if(index >= 0 && (timer == null || actions[index].Key <= timer.Due))
                {
                    var action = actions[index];
                    actions.RemoveAt(index);
                    Now = action.Key;
                    action.Value();
                }
                else
                {
                    Now = timer.Due;
                    timer.Expire();
                }
            }
            Now = end;
        }

        public readonly List<Antmicro.Renode.Peripherals.Timers.LimitTimer> Timers = new List<Antmicro.Renode.Peripherals.Timers.LimitTimer>();
        private readonly List<KeyValuePair<ulong, Action>> actions = new List<KeyValuePair<ulong, Action>>();
    }
}

namespace Antmicro.Renode.Core
{
    public interface IGPIOReceiver : IPeripheral
    {
        void OnGPIO(int number, bool value);
    }

    public interface IGPIO
    {
        bool IsSet { get; }
        void Set(bool value);
        void Toggle();
        void Connect(IGPIOReceiver destination, int destinationNumber);
    }

    public static class IGPIOExtensions
    {
        public static void Set(this IGPIO gpio) { gpio.Set(true); }
        public static void Unset(this IGPIO gpio) { gpio.Set(false); }
    }

    public sealed class GPIO : IGPIO
    {
        public void Set(bool value)
        {
            if(IsSet == value) { return; }
            IsSet = value;
            foreach(var target in targets) { target.Key.OnGPIO(target.Value, value); }
        }

        public void Toggle() { Set(!IsSet); }

        public void Connect(IGPIOReceiver destination, int destinationNumber)
        {
            targets.Add(new KeyValuePair<IGPIOReceiver, int>(destination, destinationNumber));
            destination.OnGPIO(destinationNumber, IsSet);
        }

        public bool IsSet { get; private set; }

        private readonly List<KeyValuePair<IGPIOReceiver, int>> targets = new List<KeyValuePair<IGPIOReceiver, int>>();
    }

    public interface INumberedGPIOOutput : IPeripheral
    {
        IReadOnlyDictionary<int, IGPIO> Connections { get; }
    }

    public interface IMachine : IEmulationElement
    {
        void RequestReset();
        void ScheduleAction(TimeInterval delay, Action<TimeInterval> action, string name = null);
        IClockSource ClockSource { get; }
        IBusController SystemBus { get; }
        TimeStamp ElapsedVirtualTime { get; }
        event Action<IMachine> MachineReset;
    }

    public class Emulation
    {
        public bool TryGetMachineForPeripheral(IPeripheral p, out IMachine machine)
        {
            machine = StandInMachine.Current;
            return machine != null;
        }
    }

    public class EmulationManager
    {
        public static EmulationManager Instance { get { return instance; } }
        public Emulation CurrentEmulation { get { return emulation; } }
        private static readonly EmulationManager instance = new EmulationManager();
        private readonly Emulation emulation = new Emulation();
    }

    public class ObjectCreator
    {
        public static ObjectCreator Instance { get { return instance; } }
        public T GetSurrogate<T>() where T : new()
        {
            object surrogate;
            if(!surrogates.TryGetValue(typeof(T), out surrogate)) { surrogates[typeof(T)] = surrogate = new T(); }
            return (T)surrogate;
        }
        private static readonly ObjectCreator instance = new ObjectCreator();
        private readonly Dictionary<Type, object> surrogates = new Dictionary<Type, object>();
    }

    public class StandInMachine : IMachine
    {
        public StandInMachine() { Current = this; }

        public static StandInMachine Current { get; private set; }

        public void RequestReset() { Requests++; }

        public void ScheduleAction(TimeInterval delay, Action<TimeInterval> action, string name = null)
        {
            var now = TimeInterval.FromNanoseconds(Clock.Now);
            Clock.At(Clock.Now + delay.Ticks, () => action(now));
        }

        public void Reset(IEnumerable<IPeripheral> peripherals)
        {
            foreach(var peripheral in peripherals) { peripheral.Reset(); }
            if(MachineReset != null) { MachineReset(this); }
        }

        public IClockSource ClockSource { get { return Clock; } }
        public IBusController SystemBus { get { return Bus; } }
        public TimeStamp ElapsedVirtualTime { get { return new TimeStamp(TimeInterval.FromNanoseconds(Clock.Now)); } }
        public event Action<IMachine> MachineReset;
        public int Requests;
        public readonly StandInClock Clock = new StandInClock();
        public readonly StandInBus Bus = new StandInBus();
    }

    // Memory everywhere, at first the low byte of each address; the accesses are remembered.
    public class StandInBus : IBusController
    {
        public void Reset() { }

        public bool TryGetCurrentCPU(out Antmicro.Renode.Peripherals.CPU.ICPU cpu)
        {
            cpu = null;
            return false;
        }

        public byte ReadByte(ulong address, IPeripheral context = null, ulong? cpuState = null) { return (byte)Read(address, 1); }
        public ushort ReadWord(ulong address, IPeripheral context = null, ulong? cpuState = null) { return (ushort)Read(address, 2); }
        public uint ReadDoubleWord(ulong address, IPeripheral context = null, ulong? cpuState = null) { return Read(address, 4); }
        public void WriteByte(ulong address, byte value, IPeripheral context = null, ulong? cpuState = null) { Write(address, 1, value); }
        public void WriteWord(ulong address, ushort value, IPeripheral context = null, ulong? cpuState = null) { Write(address, 2, value); }
        public void WriteDoubleWord(ulong address, uint value, IPeripheral context = null, ulong? cpuState = null) { Write(address, 4, value); }

        public byte[] ReadBytes(ulong address, int count, bool onlyMemory = false, IPeripheral context = null)
        {
            return Enumerable.Range(0, count).Select(i => (byte)Read(address + (ulong)i, 1)).ToArray();
        }

        private uint Read(ulong address, int width)
        {
            uint value = 0;
            for(var i = 0; i < width; i++)
            {
                byte one;
                value |= (uint)(bytes.TryGetValue(address + (ulong)i, out one) ? one : (byte)(address + (ulong)i)) << 8 * i;
            }
            return value;
        }

        private void Write(ulong address, int width, uint value)
        {
            for(var i = 0; i < width; i++) { bytes[address + (ulong)i] = (byte)(value >> 8 * i); }
            Writes.Add(string.Format("{0}:{1:X}={2:X}", width, address, value));
        }

        public readonly List<string> Writes = new List<string>();
        private readonly Dictionary<ulong, byte> bytes = new Dictionary<ulong, byte>();
    }
}
